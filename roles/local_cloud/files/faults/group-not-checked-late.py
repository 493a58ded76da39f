# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute hosts accept a server although it breaks the rule of its server group.

Use this fault with group-ignored-by-moves.
"""

from __future__ import annotations

from typing import Any

PROGRAMS = ("nova-compute",)
MODULE = "nova.compute.manager"


def patch_module(module: Any) -> None:
    """Skip the check that the destination makes before a migration."""

    def accept(*_args: Any, **_options: Any) -> None:
        return None

    module.ComputeManager._validate_instance_group_policy = accept  # noqa: SLF001  # the fault changes this method
