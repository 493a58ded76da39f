# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests on servers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.run_owner import is_abandoned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def abandoned(server: Mapping[str, Any]) -> bool:
    """Whether the run that booted this server is certainly over."""
    return is_abandoned(server["metadata"], dt.datetime.now(dt.UTC))


class TestModule:
    """What Ansible looks for."""

    def tests(self) -> dict[str, Callable[[Mapping[str, Any]], bool]]:
        """The tests by name."""
        return {"abandoned": abandoned}
