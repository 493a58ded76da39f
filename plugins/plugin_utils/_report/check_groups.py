# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Create the lists of steps and checks that the reports of a migration cycle show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._migration.checks import (
    PORT_CHECK,
    REACH_CHECKS,
    VOLUME_CHECK,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.messages import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Step = dict[str, Any]

PASSED, FAILED, ERROR, SKIPPED = "passed", "failed", "error", "skipped"
# Maps the outcome of a migration cycle to the outcome of its failed step.
_BY_OUTCOME = {"failed": FAILED, "error": ERROR, "inconclusive": SKIPPED}
# The report groups the checks of a migration into these steps.
_CHECKS = {
    "record": ("type", "source", "destination", "status"),
    "host": ("server_host",),
    "state": ("server_status", "server_task_state"),
    "allocations": ("server_allocations", "migration_allocations"),
}
# The report has these steps only if servers have volumes or ports.
_OPTIONAL_CHECKS = {"volumes": (VOLUME_CHECK,), "ports": (PORT_CHECK,)}
_ORDER = ("preflight", "boot", "migrate")


def report_steps(cycle: Mapping[str, Any]) -> list[Step]:
    """Return the steps of a migration cycle for the report. Each step has an outcome and a reason."""
    conclusion = cycle["conclusion"]
    failed_outcome = _BY_OUTCOME.get(conclusion["outcome"], FAILED)
    failed_step = (cycle.get("failure") or {}).get("step")
    reason = (cycle.get("failure") or {}).get("reason", "")
    found = [_early_step(name, failed_step, failed_outcome, reason, cycle) for name in _ORDER]
    migrations = cycle.get("migrations") or []
    seconds = (cycle.get("wait") or {}).get("seconds")
    check_groups = _CHECKS | {name: checks for name, checks in _OPTIONAL_CHECKS.items() if _has_check(cycle, *checks)}
    check_groups |= {"network": REACH_CHECKS} if (cycle.get("inputs") or {}).get("probe") else {}
    for name, checks in check_groups.items():
        seconds_of_step = seconds if name == "record" else None
        if failed_step in _ORDER or not migrations:
            found.append(_step(name, SKIPPED, seconds_of_step, _not_reached(failed_step)))
        else:
            found.append(_step_of_checks(name, migrations, checks, failed_outcome, seconds_of_step))
    if (cycle.get("inputs") or {}).get("verify_guest") == "console":
        found.append(_guest(cycle, failed_outcome))
        found += _disk(cycle, failed_outcome)
    found.append(_cleanup(cycle))
    return found


def _has_check(cycle: Mapping[str, Any], *names: str) -> bool:
    return any(
        check["name"] in names for migration in cycle.get("migrations") or [] for check in migration.get("checks") or []
    )


def _step(name: str, outcome: str, seconds: float | None = None, reason: str = "") -> Step:
    return {"name": name, "outcome": outcome, "seconds": seconds, "reason": reason}


def _not_reached(failed_step: str | None) -> str:
    return f"Not reached: the step {failed_step} did not pass." if failed_step else "Not reached."


def _early_step(name: str, failed_step: str | None, failed_outcome: str, reason: str, cycle: Mapping[str, Any]) -> Step:
    seconds = (cycle.get(name) or {}).get("seconds")
    if name == failed_step:
        return _step(name, failed_outcome, seconds, reason)
    if failed_step in _ORDER and _ORDER.index(name) > _ORDER.index(failed_step):
        return _step(name, SKIPPED, seconds, _not_reached(failed_step))
    return _step(name, PASSED, seconds)


def _step_of_checks(
    name: str,
    migrations: Iterable[Mapping[str, Any]],
    names: tuple[str, ...],
    failed_outcome: str,
    seconds: float | None,
) -> Step:
    mismatches, visible = [], False
    for migration in migrations:
        checks = [check for check in migration.get("checks") or [] if check["name"] in names]
        visible = visible or any(check["ok"] is not None for check in checks)
        mismatches += [
            f"{migration['server_name']}: {check['name']} expected {text_of(check['expected'])}, found"
            f" {text_of(check['found'])}."
            for check in checks
            if check["ok"] is False
        ]
        if name == "record" and not checks and migration["outcome"] not in ("completed", "unchanged"):
            mismatches.append(str(migration["message"]))
            visible = True
        elif name == "record" and any(check["ok"] is False for check in checks):
            # The message of the migration contains Nova's reason, but the text of a mismatch does not.
            mismatches[-1] = str(migration["message"])
    if mismatches:
        return _step(name, failed_outcome, seconds, " ".join(mismatches))
    if names == REACH_CHECKS and _not_known(migrations, names):
        reason = "Not known, because the module was delayed or the server could not be probed."
        return _step(name, SKIPPED, seconds, reason)
    return _step(name, PASSED, seconds) if visible else _step(name, SKIPPED, seconds, "Not visible to this user.")


def _not_known(migrations: Iterable[Mapping[str, Any]], names: tuple[str, ...]) -> bool:
    checks = [check for migration in migrations for check in migration.get("checks") or []]
    return any(check["name"] in names and check["ok"] is None for check in checks)


def _guest(cycle: Mapping[str, Any], failed_outcome: str) -> Step:
    """Return the result of the console check as a step of the report."""
    guests = cycle.get("guests") or {}
    consoles = guests.get("consoles") or []
    messages = " ".join(str(console["message"]) for console in consoles)
    failure = cycle.get("failure") or {}
    if failure.get("step") == "verify" and guests:
        return _step("guest", failed_outcome, guests.get("seconds"), messages or str(failure["reason"]))
    if consoles:
        return _step("guest", PASSED, guests.get("seconds"), messages)
    return _step("guest", SKIPPED, None, "Not reached.")


def _disk(cycle: Mapping[str, Any], failed_outcome: str) -> list[Step]:
    """Return the result of the disk checks in the guests. Without guests that check a data disk, return no step."""
    consoles = (cycle.get("guests") or {}).get("consoles") or []
    checked = [one for one in consoles if one.get("disk_verified") is not None or one.get("disk_damage") is not None]
    if not checked:
        return []
    damaged = [one for one in checked if one["disk_damage"] is not None]
    texts = [f"{one['server_name']}: block {one['disk_damage']}." for one in damaged] or [
        f"{one['server_name']}: {one['disk_verified']} blocks verified." for one in checked
    ]
    return [_step("disk", failed_outcome if damaged else PASSED, None, " ".join(texts))]


def _cleanup(cycle: Mapping[str, Any]) -> Step:
    seconds = (cycle.get("cleanup") or {}).get("seconds")
    failure = cycle.get("cleanup_failure") or {}
    if failure:
        return _step("cleanup", FAILED, seconds, str(failure["reason"]))
    if seconds is None:
        return _step("cleanup", SKIPPED, None, "No server was booted.")
    return _step("cleanup", PASSED, seconds)
