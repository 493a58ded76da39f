# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure: the outcome in a few words, and what to look at when it is not good."""

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
    "inconclusive": "The question could not be put",
    "error": "The run itself failed",
}
_TITLES_OF_STEPS = {
    "preflight": "This cloud is not ready for live migration",
    "boot": "Servers could not be booted",
    "cleanup": "Cleaning up failed",
}
# What a migration is that was not over in time, and that was then aborted or forced by us.
_AFTER_INTERVENTION = frozenset({"cancelled", "failed", "timeout"})
_LABELS = {"passed": "Passed", "failed": "Failed", "inconclusive": "Inconclusive", "error": "Error"}


def label(outcome: str) -> str:
    return _LABELS.get(outcome, outcome.capitalize())


def title(outcome: str, failed_step: str) -> str:
    if outcome == "failed" and failed_step in _TITLES_OF_STEPS:
        return _TITLES_OF_STEPS[failed_step]
    return _TITLES.get(outcome, outcome)


def split_first_sentence(reason: str) -> tuple[str, str]:
    """The first sentence, and the rest."""
    first, *rest = _END_OF_SENTENCE.split(" ".join(reason.split()), maxsplit=1)
    return first, "".join(rest)


def advice_for(evidence: Mapping[str, Any]) -> list[Advice]:
    """The first is the likeliest."""
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
        hosts = Advice("Why hosts are not usable, and which have room", section="hosts")
        advice = [hosts, *(one for one in advice if one.section != "hosts")]
    return advice


def _advice_on_step(step: str, evidence: Mapping[str, Any]) -> list[Advice]:
    if step == "boot":
        requests = evidence.get("requests") or []
        code = str(requests[0].get("request_id") or "") if requests else ""
        return [
            Advice("The logs of nova-conductor and nova-scheduler, by the id of the boot request", code=code),
            Advice("The state of the servers", section="servers"),
            Advice("Hosts, and which have room", section="hosts"),
        ]
    if step == "cleanup":
        return [
            Advice("What was deleted, and what is left", section="cleanup"),
            Advice("The logs of nova-compute on the servers' hosts", section="servers"),
        ]
    return [Advice("Hosts, and which have room", section="hosts"), Advice("The inputs of this run", section="inputs")]


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
        inputs = Advice("How long this run waits for them (wait_for_hosts)", section="inputs")
        return [Advice("Which migrations of others are open on the host", code=listing), inputs]
    return _advice_on_failure_kind(kind, migration, evidence)


def _advice_on_failure_kind(kind: str, migration: Mapping[str, Any], evidence: Mapping[str, Any]) -> list[Advice]:
    request = str(migration.get("request_id") or "")
    source, destination = _source_and_destination(migration)
    steps = Advice("How far the migration came, and which step failed", section=_section(migration, evidence))
    compute_logs = _compute_logs(migration)
    conductor = Advice("The logs of nova-conductor, by the request id", code=request)
    match kind:
        case "no_valid_host":
            advice = [
                Advice("The logs of nova-scheduler and nova-conductor, by the request id", code=request),
                Advice("Hosts: which are usable, and why others are not", section="hosts"),
            ]
            if (evidence.get("control") or {}).get("migration"):
                advice.append(Advice("The control experiment: the same with a single server", section="control"))
            return advice
        case "disagreement":
            wrong = [check["name"] for check in migration.get("checks") or [] if check.get("ok") is False]
            return [
                Advice(
                    "The checks that disagree with the record",
                    code=", ".join(wrong),
                    section=_section(migration, evidence),
                ),
                compute_logs,
                Advice(
                    "What Placement holds",
                    code=f"openstack resource provider allocation show {migration.get('server_id')}",
                ),
            ]
        case "timeout":
            running = Advice(
                f"Whether nova-compute runs on {source} and {destination}",
                code="openstack compute service list",
                section="hosts",
            )
            return [*(_unusable_hosts(migration, evidence) or [running]), compute_logs, steps]
        case "not_found":
            return [
                Advice("Who deleted the server, in the logs of nova-api", code=str(migration.get("server_id") or ""))
            ]
        case "cancelled":
            return [
                Advice(
                    "Who aborted it (an operator? live_migration_completion_timeout?), in the logs of nova-compute",
                    code=request,
                ),
                steps,
            ]
    return [steps, conductor, compute_logs]


def _compute_logs(migration: Mapping[str, Any]) -> Advice:
    source, destination = _source_and_destination(migration)
    text = f"The logs of nova-compute on {source} and {destination}, by the request id"
    return Advice(text, code=str(migration.get("request_id") or ""))


def _unusable_hosts(migration: Mapping[str, Any], evidence: Mapping[str, Any]) -> list[Advice]:
    """A host that died meanwhile explains more than anything about the copy; one elsewhere explains nothing."""
    hosts = {migration.get(end) for end in ("source", "destination", "expected_host")}
    anywhere = not (migration.get("destination") or migration.get("expected_host"))
    after = (evidence.get("hosts") or {}).get("after") or []
    unusable = [str(host["name"]) for host in after if not host.get("usable") and (anywhere or host["name"] in hosts)]
    if not unusable:
        return []
    text = f"Hosts that are not usable now: {', '.join(unusable)}"
    return [Advice(text, code="openstack compute service list", section="hosts")]


def _advice_on_timeout(migration: Mapping[str, Any], evidence: Mapping[str, Any]) -> list[Advice]:
    """Nobody else is to be asked who aborted or forced it: this run did, because its time was over."""
    seen = [str(one["status"]) for one in migration.get("history") or []]
    advice = [_slow_copy(migration, evidence), _other_migrations(migration)]
    if seen and not COPYING.intersection(seen):
        # it spent its time waiting for others
        advice.reverse()
    timeout = (evidence.get("inputs") or {}).get("migrate_timeout")
    name = "migration_cycle_migrate_timeout"
    code = name if timeout is None else f"{name}: {timeout}"
    return [*advice, Advice("Whether this run allows it enough seconds", code=code, section="inputs")]


def _slow_copy(migration: Mapping[str, Any], evidence: Mapping[str, Any]) -> Advice:
    source, destination = _source_and_destination(migration)
    bandwidth = f"the bandwidth from {source} to {destination}"
    text = f"Why the copy took so long: a guest that writes faster than it goes, {bandwidth}"
    progress = migration.get("progress") or []
    last = describe(str(migration.get("server_name") or "the server"), progress[-1]) if progress else ""
    return Advice(text, code=last, section=_section(migration, evidence))


def _other_migrations(migration: Mapping[str, Any]) -> Advice:
    source = _source_and_destination(migration)[0]
    return Advice(
        f"What else migrated off {source} meanwhile: nova-compute runs so many at once",
        code="max_concurrent_live_migrations",
    )


def _section(migration: Mapping[str, Any], evidence: Mapping[str, Any]) -> str:
    """Where the report tells of it: those that went well are numbered with the others."""
    return f"migration-{evidence['migrations'].index(migration) + 1}"


def _source_and_destination(migration: Mapping[str, Any]) -> tuple[str, str]:
    destination = migration.get("destination") or migration.get("expected_host")
    return str(migration.get("source") or "the source host"), str(destination or "the destination")
