# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that return the title of a report and the advice after a failed run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_progress import COPYING, describe
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.troubleshooting import (
    Advice,
    advice_on_error,
    failed_migrations,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s+(?!\()")
_TITLES = {
    "passed": "Live migration works",
    "failed": "Live migration failed",
    "inconclusive": "Preconditions not met",
    "error": "The run stopped with an error",
}
_TITLES_OF_STEPS = {
    "preflight": "The cloud does not support live migration",
    "boot": "Servers did not boot",
    "cleanup": "Cleanup failed",
}
# The possible outcomes of a migration that the module aborted or forced to complete.
_AFTER_INTERVENTION = frozenset({"cancelled", "failed", "timeout"})
_LABELS = {"passed": "Passed", "failed": "Failed", "inconclusive": "Inconclusive", "error": "Error"}


def label(outcome: str) -> str:
    return _LABELS.get(outcome, outcome.capitalize())


def title(outcome: str, failed_step: str) -> str:
    """Return the title of a report."""
    if outcome == "failed" and failed_step in _TITLES_OF_STEPS:
        return _TITLES_OF_STEPS[failed_step]
    return _TITLES.get(outcome, outcome)


def split_first_sentence(reason: str) -> tuple[str, str]:
    """Split the reason into its first sentence and the remaining text."""
    first, *rest = _END_OF_SENTENCE.split(" ".join(reason.split()), maxsplit=1)
    return first, "".join(rest)


def advice_for(evidence: Mapping[str, Any]) -> list[Advice]:
    """Return the next steps after a run that did not pass. The step for the most likely cause comes first.

    The list is empty if the run passed.
    """
    outcome = evidence["outcome"]
    if outcome == "passed":
        return []
    if outcome == "error":
        return advice_on_error(evidence)
    failed = failed_migrations(evidence)
    advice = (
        _advice_on_migration(failed[0], evidence)
        if failed
        else _advice_on_step(str(evidence.get("failed_step") or ""), evidence)
    )
    if outcome == "inconclusive" and evidence.get("hosts"):
        hosts = Advice("Check why hosts are not usable, and which hosts have room", section="hosts")
        advice = [hosts, *(other for other in advice if other.section != "hosts")]
    return advice


def _advice_on_step(step: str, evidence: Mapping[str, Any]) -> list[Advice]:
    if step == "boot":
        requests = evidence.get("requests") or []
        code = str(requests[0].get("request_id") or "") if requests else ""
        return [
            Advice("Search the logs of nova-conductor and nova-scheduler for the id of the boot request", code=code),
            Advice("Check the statuses of the servers", section="servers"),
            Advice("Check which hosts have room", section="hosts"),
        ]
    if step == "cleanup":
        return [
            Advice("Check which servers and allocations were deleted, and which remain", section="cleanup"),
            Advice("Search the logs of nova-compute on the hosts of the servers", section="servers"),
        ]
    return [
        Advice("Check which hosts have room", section="hosts"),
        Advice("Check the inputs of this run", section="inputs"),
    ]


def _advice_on_migration(migration: Mapping[str, Any], evidence: Mapping[str, Any]) -> list[Advice]:
    kind = str((migration.get("failure") or {}).get("kind") or migration.get("outcome") or "")
    if migration.get("on_timeout_action") and kind in _AFTER_INTERVENTION:
        return [
            *_unusable_hosts(migration, evidence),
            *_advice_on_timeout(migration, evidence),
            _compute_logs(migration),
        ]
    if kind == "busy":
        listing = f"openstack server migration list --host {migration.get('source')}"
        inputs = Advice(
            "Increase the time that a run waits for foreign migrations",
            code="migration_cycle_wait_for_hosts",
            section="inputs",
        )
        return [Advice("List the foreign migrations on the host", code=listing), inputs]
    return _advice_on_failure_kind(kind, migration, evidence)


def _advice_on_failure_kind(kind: str, migration: Mapping[str, Any], evidence: Mapping[str, Any]) -> list[Advice]:
    request = str(migration.get("request_id") or "")
    source, destination = _source_and_destination(migration)
    steps = Advice("Check which step of the migration failed", section=_section(migration, evidence))
    compute_logs = _compute_logs(migration)
    conductor = Advice("Search the logs of nova-conductor for the request id", code=request)
    match kind:
        case "no_valid_host":
            advice = [
                Advice("Search the logs of nova-scheduler and nova-conductor for the request id", code=request),
                Advice("Check which compute hosts are usable, and why the other hosts are not", section="hosts"),
            ]
            if (evidence.get("control") or {}).get("migration"):
                advice.append(Advice("Compare the migration with the control experiment", section="control"))
            return advice
        case "disagreement":
            failed_checks = [check["name"] for check in migration.get("checks") or [] if check.get("ok") is False]
            return [
                Advice(
                    "Read the checks that disagree with the migration record",
                    code=", ".join(failed_checks),
                    section=_section(migration, evidence),
                ),
                compute_logs,
                Advice(
                    "Show the allocations of the server",
                    code=f"openstack resource provider allocation show {migration.get('server_id')}",
                ),
            ]
        case "timeout":
            running = Advice(
                f"Check that nova-compute runs on {source} and {destination}",
                code="openstack compute service list",
                section="hosts",
            )
            return [*(_unusable_hosts(migration, evidence) or [running]), compute_logs, steps]
        case "not_found":
            return [Advice("Search the logs of nova-api for the deletion", code=str(migration.get("server_id") or ""))]
        case "cancelled":
            return [
                Advice(
                    "Search nova-compute logs: a user or live_migration_completion_timeout aborted the migration",
                    code=request,
                ),
                steps,
            ]
    return [steps, conductor, compute_logs]


def _compute_logs(migration: Mapping[str, Any]) -> Advice:
    source, destination = _source_and_destination(migration)
    text = f"Search the logs of nova-compute on {source} and {destination} for the request id"
    return Advice(text, code=str(migration.get("request_id") or ""))


def _unusable_hosts(migration: Mapping[str, Any], evidence: Mapping[str, Any]) -> list[Advice]:
    """Return advice about compute hosts that are not usable after the migration."""
    hosts = {migration.get(key) for key in ("source", "destination", "expected_host")}
    unknown_destination = not (migration.get("destination") or migration.get("expected_host"))
    after = (evidence.get("hosts") or {}).get("after") or []
    unusable = [
        str(host["name"]) for host in after if not host.get("usable") and (unknown_destination or host["name"] in hosts)
    ]
    if not unusable:
        return []
    text = f"Check the hosts that are not usable: {', '.join(unusable)}"
    return [Advice(text, code="openstack compute service list", section="hosts")]


def _advice_on_timeout(migration: Mapping[str, Any], evidence: Mapping[str, Any]) -> list[Advice]:
    """Return advice about a migration that the module aborted or forced to complete after the timeout."""
    statuses = [str(poll["status"]) for poll in migration.get("history") or []]
    advice = [_slow_copy(migration, evidence), _other_migrations(migration)]
    if statuses and not COPYING.intersection(statuses):
        # The migration probably waited in a queue, so the advice about other migrations comes first.
        advice.reverse()
    timeout = (evidence.get("inputs") or {}).get("migrate_timeout")
    name = "migration_cycle_migrate_timeout"
    code = name if timeout is None else f"{name}: {timeout}"
    return [*advice, Advice("Increase the timeout of the migration", code=code, section="inputs")]


def _slow_copy(migration: Mapping[str, Any], evidence: Mapping[str, Any]) -> Advice:
    source, destination = _source_and_destination(migration)
    text = f"Compare the write rate of the guest with the bandwidth from {source} to {destination}"
    progress = migration.get("progress") or []
    last = describe(str(migration.get("server_name") or "the server"), progress[-1]) if progress else ""
    return Advice(text, code=last, section=_section(migration, evidence))


def _other_migrations(migration: Mapping[str, Any]) -> Advice:
    source = _source_and_destination(migration)[0]
    text = f"List the other migrations from {source}: nova-compute limits the number of concurrent migrations"
    return Advice(text, code="max_concurrent_live_migrations")


def _section(migration: Mapping[str, Any], evidence: Mapping[str, Any]) -> str:
    """Return the HTML anchor of the migration in the report."""
    return f"migration-{evidence['migrations'].index(migration) + 1}"


def _source_and_destination(migration: Mapping[str, Any]) -> tuple[str, str]:
    destination = migration.get("destination") or migration.get("expected_host")
    return str(migration.get("source") or "the source host"), str(destination or "the destination")
