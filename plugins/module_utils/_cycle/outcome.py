# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: from what the steps of a cycle found to one of four outcomes, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.nova_reasons import Meaning, means
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PASSED = "passed"
# The cloud is at fault.
FAILED = "failed"
# The question could not be put.
INCONCLUSIVE = "inconclusive"
# Credentials, the connection, a wrong input: our side.
ERROR = "error"

Migration = dict[str, Any]

_NO_HOST = "no_valid_host"
_GUEST = "guest"
_BUSY = "busy"
# What keeps a cloud from being asked, by the kinds of migration_preflight's problems and of failures while booting.
_NOT_TO_BE_ASKED = frozenset({"hosts", "capacity", _NO_HOST, "server", "service", "timeout"})
# What a failed request says of the one who asks, and not of the cloud.
_OUR_SIDE = frozenset(
    {
        "authentication",
        "bad_request",
        "catalog",
        "configuration",
        "dropped",
        "input",
        "microversion",
        "permission",
        "quota",
        "rate_limit",
        "tls",
        "unreachable",
    }
)
_AT_TIMES = "A single server, booted by itself, was migrated well afterwards: it fails at times, or for some servers."


def kinds_of(result: Mapping[str, Any], problems: Sequence[Mapping[str, Any]] = ()) -> list[str]:
    """The kinds of failure of a task that ended a step: its module's, and those of the preflight's problems."""
    kind = (result.get("failure") or {}).get("kind")
    return [*([kind] if kind else []), *(problem["kind"] for problem in problems)]


@dataclass(frozen=True)
class Failed:
    """The step that ended the cycle, with what its task said."""

    step: str
    reason: str
    kinds: frozenset[str]

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Failed | None:
        if not given:
            return None
        return cls(given["step"], str(given["reason"]).strip(), frozenset(given.get("kinds") or ()))


@dataclass(frozen=True)
class Conclusion:
    """What the role reports."""

    outcome: str
    reason: str = ""
    failed_step: str = ""


def conclude(cycle: Mapping[str, Any]) -> Conclusion:
    """The outcome of a cycle.

    ``cycle`` has ``failure`` and ``cleanup_failure`` (``step``, ``reason`` and ``kinds``, or nothing), ``count``
    (servers booted together), ``migrations`` (as migration_wait returns them), ``control`` (the control experiment's
    ``migration`` or its ``reason``, or nothing) and ``hosts`` (as migration_preflight saw them after the failure, or
    nothing).
    """
    failed, untidy = Failed.of(cycle.get("failure") or {}), Failed.of(cycle.get("cleanup_failure") or {})
    if failed is None:
        if untidy is None:
            return Conclusion(PASSED)
        return Conclusion(ERROR if untidy.kinds & _OUR_SIDE else FAILED, untidy.reason, untidy.step)
    outcome, reason = _judge(failed, cycle)
    if untidy is not None:
        reason += f" Besides, cleaning up failed: {untidy.reason}"
    return Conclusion(outcome, reason, failed.step)


def wants_control(cycle: Mapping[str, Any]) -> bool:
    """Whether a single server, booted by itself, would tell more: when a migration was asked for and did not work.

    Not after a time-out, which it would only repeat, nor where the record contradicts the cloud.
    """
    migrations = cycle.get("migrations") or []
    return any(
        migration["outcome"] == outcomes.FAILED
        and _kind(migration) != "not_found"
        # whatever Nova calls it: it was aborted by us, because it was not over in time
        and not migration.get("on_timeout_action")
        for migration in migrations
    )


def _judge(failed: Failed, cycle: Mapping[str, Any]) -> tuple[str, str]:
    migrations: Sequence[Migration] = cycle.get("migrations") or []
    bad = [migration for migration in migrations if migration["outcome"] not in outcomes.GOOD]
    if _GUEST in failed.kinds and (failed.step == "verify" or not migrations):
        # before the migration it says that this guest cannot be asked
        return (FAILED if failed.step == "verify" else INCONCLUSIVE), failed.reason
    not_requested = [migration for migration in bad if _was_not_requested(migration)]
    if bad and len(not_requested) == len(bad):
        return INCONCLUSIVE, failed.reason
    # that some were not migrated says nothing of those that were
    bad = [migration for migration in bad if migration not in not_requested]
    if not bad:
        # nothing was migrated: what ended the cycle came before
        outcome = INCONCLUSIVE if failed.kinds and failed.kinds <= _NOT_TO_BE_ASKED else ERROR
        return outcome, failed.reason
    reason = " ".join([failed.reason, *_hosts_in_trouble(bad, cycle.get("hosts") or [])])
    if all(_is_ours(migration) for migration in bad):
        return ERROR, reason
    return _with_control(bad, reason, cycle)


def _is_ours(migration: Migration) -> bool:
    """Refused for what we are or sent, or lost from sight: that says nothing about the cloud's migrations."""
    if migration["outcome"] == outcomes.UNKNOWN:
        return True
    return migration["outcome"] == outcomes.REFUSED and _kind(migration) in _OUR_SIDE


def _was_not_requested(migration: Migration) -> bool:
    """It did not answer on the network, or others moved servers from or to its hosts: Nova was not asked."""
    return migration["outcome"] == outcomes.REFUSED and _kind(migration) in (_GUEST, _BUSY)


def _kind(migration: Migration) -> str | None:
    return (migration.get("failure") or {}).get("kind")


def _with_control(bad: Sequence[Migration], reason: str, cycle: Mapping[str, Any]) -> tuple[str, str]:
    no_host = all(_kind(migration) == _NO_HOST or _is_ours(migration) for migration in bad)
    control = cycle.get("control") or {}
    if not control:
        return (INCONCLUSIVE if no_host else FAILED), reason
    migration: Migration | None = control.get("migration")
    said = str(control.get("reason") or "")
    if migration is not None and _was_not_requested(migration):
        said, migration = str(migration["message"]), None
    if migration is not None and migration["outcome"] == outcomes.COMPLETED:
        # text where a variable brought it, before ansible-core 2.19
        count = int(cycle["count"])
        found = _of_the_batch(bad, count) if no_host and count > 1 else _AT_TIMES
        return FAILED, f"{found} {reason} Control: {migration['message']}"
    if migration is None and not means(said, Meaning.NO_VALID_HOST):
        why = f"{reason} Whether a single server fares better is not known, because there is none: {said}"
        return (INCONCLUSIVE if no_host else FAILED), why
    also = f"A single server, booted by itself, fared no better: {migration['message'] if migration else said}"
    if no_host and (migration is None or _kind(migration) == _NO_HOST):
        why = "No host takes a server, whether booted with others or alone: capacity or configuration."
        return INCONCLUSIVE, f"{why} {reason} {also}"
    return FAILED, f"{reason} {also}"


def _of_the_batch(bad: Sequence[Migration], count: int) -> str:
    words = f"It is the batch that breaks: of {count} servers booted in one request one cannot be live-migrated,"
    words += " while a single server can."
    if any(_is_bug_1718455(migration) for migration in bad):
        words += " This is how Nova bug 1718455 shows (the scheduler asks for as many hosts as servers were booted)."
    return words


def _is_bug_1718455(migration: Migration) -> bool:
    """The scheduler looks for as many hosts as servers were booted together, before it has chosen any."""
    record = migration.get("record") or {}
    return (
        record.get("status") == "error"
        and not record.get("destination")
        and means(migration.get("reason"), Meaning.NOT_ENOUGH_HOSTS)
    )


def _hosts_in_trouble(bad: Sequence[Migration], hosts: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is wrong with the hosts that the bad migrations were about."""
    about = {name for migration in bad for name in _hosts_of(migration) if name}
    return [
        f"Compute host {host['name']} is {host['state']} now."
        for host in hosts
        if host["name"] in about and host["state"] != "up"
    ]


def _hosts_of(migration: Migration) -> tuple[Any, ...]:
    return migration.get("source"), migration.get("destination"), migration.get("expected_host")
