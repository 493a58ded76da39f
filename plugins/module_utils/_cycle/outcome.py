# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Determine the outcome of a migration cycle and the reason for the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.nova_reasons import Meaning, means
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PASSED = "passed"
# The run is in check mode. The preconditions are met, and nothing was migrated.
CHECKED = "checked"
# The cloud caused the failure.
FAILED = "failed"
# A precondition is not met.
INCONCLUSIVE = "inconclusive"
# A client-side error occurred, for example wrong credentials, no connection, or a wrong input.
ERROR = "error"

Migration = dict[str, Any]

_NO_HOST = "no_valid_host"
_GUEST = "guest"
_BUSY = "busy"
# Failures of these kinds mean that a precondition of the test is not met.
_PRECONDITION_KINDS = frozenset({"hosts", "capacity", _NO_HOST, "server", "service", "timeout"})
# Some kinds of failures are client-side errors, for example wrong credentials.
_CLIENT_KINDS = frozenset(
    {
        "authentication",
        "bad_request",
        "catalog",
        "configuration",
        "dropped",
        "input",
        "internal",
        "microversion",
        "permission",
        "quota",
        "rate_limit",
        "tls",
        "unexpected_answer",
        "unreachable",
    }
)
_CHECK_MODE_REASON = "Check mode: all preconditions are met. No server was booted or migrated."
_INTERMITTENT = (
    "The control experiment passed: a single server was live-migrated. The failure is intermittent, or affects only"
    " some servers."
)


def failure_kinds(result: Mapping[str, Any], problems: Sequence[Mapping[str, Any]] = ()) -> list[str]:
    """Return the failure kind of a module result, followed by the kinds of its problems."""
    kind = (result.get("failure") or {}).get("kind")
    return [*([kind] if kind else []), *(problem["kind"] for problem in problems)]


@dataclass(frozen=True)
class StepFailure:
    """The failure of a step."""

    step: str
    reason: str
    kinds: frozenset[str]

    @classmethod
    def of(cls, failure: Mapping[str, Any]) -> StepFailure | None:
        if not failure:
            return None
        return cls(failure["step"], str(failure["reason"]).strip(), frozenset(failure.get("kinds") or ()))


@dataclass(frozen=True)
class Conclusion:
    """The outcome of a cycle."""

    outcome: str
    reason: str = ""
    failed_step: str = ""


def conclude(cycle: Mapping[str, Any], *, check_mode: bool = False) -> Conclusion:
    """Return the outcome of a migration cycle.

    The documentation of the filter cycle_outcome describes the keys of ``cycle``.
    """
    failure = StepFailure.of(cycle.get("failure") or {})
    cleanup_failure = StepFailure.of(cycle.get("cleanup_failure") or {})
    if failure is None:
        if cleanup_failure is None:
            return Conclusion(CHECKED, _CHECK_MODE_REASON) if check_mode else Conclusion(PASSED)
        outcome = ERROR if cleanup_failure.kinds & _CLIENT_KINDS else FAILED
        return Conclusion(outcome, cleanup_failure.reason, cleanup_failure.step)
    outcome, reason = _judge(failure, cycle)
    if cleanup_failure is not None:
        reason += f" Also: the cleanup failed: {cleanup_failure.reason}"
    return Conclusion(outcome, reason, failure.step)


def needs_control(cycle: Mapping[str, Any]) -> bool:
    """Return whether the role runs a control experiment, a migration of a single server.

    A control experiment cannot explain a timeout or a missing migration record.
    """
    migrations = cycle.get("migrations") or []
    return any(
        migration["outcome"] == outcomes.FAILED
        and _kind(migration) != "not_found"
        # A migration that the module aborted or forced after the timeout does not count as failed.
        and not migration.get("on_timeout_action")
        for migration in migrations
    )


def is_refused_by_nova(migration: Mapping[str, Any]) -> bool:
    """Return whether Nova refused the migration for a reason that concerns the server or its hosts."""
    refused = migration["outcome"] == outcomes.REFUSED
    return bool(refused and _kind(migration) not in (_GUEST, _BUSY, *_CLIENT_KINDS))


def _judge(failure: StepFailure, cycle: Mapping[str, Any]) -> tuple[str, str]:
    migrations: Sequence[Migration] = cycle.get("migrations") or []
    unsuccessful = [migration for migration in migrations if migration["outcome"] not in outcomes.GOOD]
    if _GUEST in failure.kinds and (failure.step == "verify" or not migrations):
        # The outcome is inconclusive if the guest fails before the migration.
        return (FAILED if failure.step == "verify" else INCONCLUSIVE), failure.reason
    not_requested = [migration for migration in unsuccessful if _was_not_requested(migration)]
    if unsuccessful and len(not_requested) == len(unsuccessful):
        return INCONCLUSIVE, failure.reason
    failed = [migration for migration in unsuccessful if migration not in not_requested]
    if not failed:
        outcome = INCONCLUSIVE if failure.kinds and failure.kinds <= _PRECONDITION_KINDS else ERROR
        return outcome, failure.reason
    reason = " ".join([failure.reason, *_unavailable_hosts(failed, cycle.get("hosts") or [])])
    if all(_is_client_error(migration) for migration in failed):
        return ERROR, reason
    return _judge_with_control(failed, reason, cycle)


def _is_client_error(migration: Migration) -> bool:
    if migration["outcome"] == outcomes.UNKNOWN:
        return True
    return migration["outcome"] == outcomes.REFUSED and _kind(migration) in _CLIENT_KINDS


def _was_not_requested(migration: Migration) -> bool:
    return migration["outcome"] == outcomes.REFUSED and _kind(migration) in (_GUEST, _BUSY)


def _kind(migration: Mapping[str, Any]) -> str | None:
    return (migration.get("failure") or {}).get("kind")


def _judge_with_control(failed: Sequence[Migration], reason: str, cycle: Mapping[str, Any]) -> tuple[str, str]:
    no_host = all(_kind(migration) == _NO_HOST or _is_client_error(migration) for migration in failed)
    control = cycle.get("control") or {}
    if not control:
        return (INCONCLUSIVE if no_host else FAILED), reason
    migration: Migration | None = control.get("migration")
    control_reason = str(control.get("reason") or "")
    if migration is not None and _was_not_requested(migration):
        control_reason, migration = str(migration["message"]), None
    if migration is not None and migration["outcome"] == outcomes.COMPLETED:
        # Before ansible-core 2.19, Ansible passes ``count`` as a string.
        count = int(cycle["count"])
        finding = _batch_failure(failed, count) if no_host and count > 1 else _INTERMITTENT
        return FAILED, f"{finding} {reason} Control: {migration['message']}"
    if migration is None and not means(control_reason, Meaning.NO_VALID_HOST):
        message = f"{reason} The control experiment, a migration of a single server, was not possible: {control_reason}"
        return (INCONCLUSIVE if no_host else FAILED), message
    message = migration["message"] if migration else control_reason
    control_text = f"The control experiment with a single server failed, too: {message}"
    if no_host and (migration is None or _kind(migration) == _NO_HOST):
        cause = "No compute host accepts even a single server. The cause is capacity or configuration."
        return INCONCLUSIVE, f"{cause} {reason} {control_text}"
    return FAILED, f"{reason} {control_text}"


def _batch_failure(failed: Sequence[Migration], count: int) -> str:
    text = (
        f"Batch failure: of {count} servers booted in one request, at least one cannot be live-migrated. A server that"
        " is booted alone can be live-migrated."
    )
    if any(_is_bug_1718455(migration) for migration in failed):
        text += (
            " These are the symptoms of Nova bug 1718455 (the scheduler requests as many hosts as servers were booted)."
        )
    return text


def _is_bug_1718455(migration: Migration) -> bool:
    """Return whether the migration failed because of Nova bug 1718455.

    With this bug, the scheduler requires as many hosts as the boot request had servers.
    """
    record = migration.get("record") or {}
    return (
        record.get("status") == "error"
        and not record.get("destination")
        and means(migration.get("reason"), Meaning.NOT_ENOUGH_HOSTS)
    )


def _unavailable_hosts(failed: Sequence[Migration], hosts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a sentence for each source or destination host that is not up."""
    concerned = {name for migration in failed for name in _hosts_of(migration) if name}
    return [
        f"Compute host {host['name']} is {host['state']} now."
        for host in hosts
        if host["name"] in concerned and host["state"] != "up"
    ]


def _hosts_of(migration: Migration) -> tuple[Any, ...]:
    return migration.get("source"), migration.get("destination"), migration.get("expected_host")
