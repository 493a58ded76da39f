# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""The values and warnings that a module returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import Failure


@dataclass
class Report:
    """The values that a module returns to Ansible, and its warnings."""

    values: dict[str, Any] = field(default_factory=dict)
    failed: bool = False
    warnings: list[str] = field(default_factory=list)

    @staticmethod
    def failure(failure: Failure, values: Mapping[str, Any]) -> Report:
        """Return the report of a failed run.

        The report has the same keys as after a successful run.
        """
        return Report({**values, "msg": failure.message, "failure": failure.as_result()}, failed=True)
