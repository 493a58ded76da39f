# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""The step that verifies the guests of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._guest.console_continuity import (
    BOOT_PATTERN,
    COUNT_PATTERN,
    PERIOD,
    ConsolePatterns,
    ConsoleReading,
)
from ansible_collections.stackproof.migration.plugins.module_utils._guest.console_monitor import (
    ConsoleMonitor,
    ConsoleOptions,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import FAILED, PASSED
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.verdict import check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.context import ScenarioContext
    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.verdict import StepResult

GUEST_CHECK = "guest"
GUEST_SECONDS = 60.0
_PATTERNS = ConsolePatterns.of(BOOT_PATTERN, COUNT_PATTERN, PERIOD)


def verify_guests(context: ScenarioContext, options: Mapping[str, Any], result: StepResult) -> None:
    """Require that the guests of all servers run. A guest must have continued since an earlier step of this kind."""
    del options
    result.outcome = PASSED
    if not context.options.verify_guests:
        result.checks.append(check(GUEST_CHECK, "runs", None, known=False))
        result.reason = "Not made, because it is not known that the guests print a counter (verify_guests)."
        return
    order = ConsoleOptions(
        [server["id"] for server in context.servers], _PATTERNS, GUEST_SECONDS, before=context.readings or None
    )
    report = ConsoleMonitor(context.cloud, order, context.options.pace).run()
    consoles = report.values["consoles"]
    expected = "continued" if context.readings else "runs"
    found = report.values.get("msg")
    result.checks.append(check(GUEST_CHECK, expected, found or expected))
    if report.failed:
        result.outcome, result.reason = FAILED, str(found)
        return
    context.readings = {str(one["server_id"]): ConsoleReading.from_result(one) for one in consoles}
