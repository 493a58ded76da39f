# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A live migration ignores a forced completion.

Use this fault with never-ends.
"""

from __future__ import annotations

from typing import Any

NEEDS = {"hypervisor": ["fake"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.virt.stackproof_fake"


def patch_module(module: Any) -> None:
    """Let the driver accept the request, and do nothing."""

    def ignore(_driver: Any, _instance: Any) -> None:
        return None

    module.RestartableFakeDriver.live_migration_force_complete = ignore
