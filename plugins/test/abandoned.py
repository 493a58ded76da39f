# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test ``abandoned`` returns whether the run that booted a server has ended."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._module.run_owner import is_abandoned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def abandoned(server: Mapping[str, Any]) -> bool:
    """Return whether the run that booted this server has ended. Return False if this is unknown."""
    return is_abandoned(server["metadata"], dt.datetime.now(dt.UTC))


class TestModule:
    """Ansible loads the test plugin from this class."""

    def tests(self) -> dict[str, Callable[[Mapping[str, Any]], bool]]:
        return {"abandoned": abandoned}
