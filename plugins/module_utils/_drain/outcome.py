# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: from what the steps of a drain found to what became of the host, and what is to be moved next."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._drain import move_method
from ansible_collections.stackproof.migration.plugins.module_utils._drain.reenable_service import reenables
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Entry = dict[str, Any]

DRAINED = "drained"
NOT_DRAINED = "not_drained"
UNDRAINED = "undrained"
NOT_UNDRAINED = "not_undrained"
PLANNED = "planned"
ERROR = "error"
# Outcomes with which the role succeeds
AS_WANTED = frozenset({DRAINED, UNDRAINED, PLANNED})
REPORT_FILE = "drain.json"
# So many of what is left are told in the one sentence of the reason.
_TOLD = 3


@dataclass
class Conclusion:
    """What became of it."""

    outcome: str
    reason: str = ""
    moved: list[Entry] = field(default_factory=list)
    # What did not move, each with its reason
    left: list[Entry] = field(default_factory=list)
    # What was there at one look and is not any more, although this run did not move it
    gone: list[Entry] = field(default_factory=list)
    # Ids of what is to be moved next
    live: list[str] = field(default_factory=list)
    cold: list[str] = field(default_factory=list)

    @property
    def as_wanted(self) -> bool:
        return self.outcome in AS_WANTED

    @property
    def unfinished(self) -> bool:
        """Whether there is something to move next."""
        return bool(self.live or self.cold)


def evaluate(drain: Mapping[str, Any], *, back: bool) -> dict[str, Any]:
    """Judge the state of a host, and say what the role does next."""
    found = conclude_back(drain) if back else conclude(drain)
    return {
        **asdict(found),
        "as_wanted": found.as_wanted,
        "unfinished": found.unfinished,
        "no_target": no_target_of(drain.get("after") or {}),
        "reenable": reenables(drain, as_wanted=found.as_wanted),
    }


def result_of(drain: Mapping[str, Any], *, back: bool, seconds: float) -> dict[str, Any]:
    """What the role returns as its result: of the outcome and of what was found."""
    found = conclude_back(drain) if back else conclude(drain)
    after, planned = drain.get("after") or {}, bool(drain.get("planned"))
    return {
        "outcome": found.outcome,
        "reason": found.reason,
        "host": drain["host"],
        # as it was left
        "service": service_of(drain.get("reenabled"), drain.get("enabled"), drain.get("disabled")),
        "since": after.get("since") or "",
        "moved": found.moved,
        "left": found.left,
        "gone": found.gone,
        "migrations": list(drain.get("migrations") or []),
        "plan": list(after.get("servers") or []) if planned else [],
        "run_id": drain["run_id"],
        "report": report_file(drain.get("folder"), planned=planned),
        "seconds": seconds,
    }


def conclude(drain: Mapping[str, Any]) -> Conclusion:
    """Judge the state of a host that is to be emptied."""
    after, migrations = drain.get("after") or {}, list(drain.get("migrations") or [])
    entries = list(after.get("servers") or [])
    left = [_left(entry, migrations) for entry in entries] + _held_by_others(after)
    live, cold = _next(entries, migrations, stops=bool(drain.get("stops")))
    found = Conclusion(NOT_DRAINED, moved=_moved(migrations), left=left, live=live, cold=cold)
    if drain.get("failure"):
        found.outcome, found.reason = ERROR, str(drain["failure"].get("reason") or "no message")
    elif drain.get("planned"):
        found.outcome, found.left = PLANNED, [one for one in left if one["how"] == move_method.NOT_AT_ALL]
    elif after.get("empty") and (after.get("service") or {}).get("status") == "enabled":
        found.reason = "It is empty, but its compute service was enabled meanwhile: the scheduler may fill it again."
    elif after.get("empty"):
        found.outcome = DRAINED
    else:
        found.reason = _sentence(f"{len(left)} left", left)
    if found.outcome != ERROR:
        # what failed may have been the very look that would tell
        found.gone = _gone(drain.get("seen") or [], entries, migrations)
    return found


def conclude_back(drain: Mapping[str, Any]) -> Conclusion:
    """Judge whether what was moved away from a host is there again."""
    after, migrations = drain.get("after") or {}, list(drain.get("migrations") or [])
    entries = [one for one in after.get("moved") or [] if one["id"] not in _well(migrations)]
    left = [_left(entry, migrations) for entry in entries]
    live, cold = _next(entries, migrations, stops=bool(drain.get("stops")))
    found = Conclusion(UNDRAINED, moved=_moved(migrations), left=left, live=live, cold=cold)
    if drain.get("failure"):
        found.outcome, found.reason = ERROR, str(drain["failure"].get("reason") or "no message")
    elif drain.get("planned"):
        found.outcome = PLANNED
    elif left:
        found.outcome, found.reason = NOT_UNDRAINED, _sentence(f"{len(left)} not brought back", left)
    return found


def service_of(*results: Mapping[str, Any] | None) -> Entry:
    """The compute service as the first of these results of compute_service has it; empty where none has."""
    return next((dict(result["service"]) for result in results if result and result.get("service")), {})


def no_target_of(after: Mapping[str, Any]) -> str:
    """Why no other compute host can take servers; empty where one can."""
    if after.get("targets"):
        return ""
    hosts = "; ".join(f"{host['name']}: {host['obstacle']}" for host in after.get("unusable") or [])
    return f"No other compute host can take servers: {hosts or 'there is none'}."


def report_file(folder: Mapping[str, Any] | None, *, planned: bool) -> str:
    """Where the result is written: nowhere in check mode, and where ``folder`` (of cycle_report) cannot be written."""
    if planned or not folder or folder.get("failed") or not folder.get("directory"):
        return ""
    return f"{folder['directory']}/{REPORT_FILE}"


def _well(migrations: Iterable[Entry]) -> dict[str, Entry]:
    return {one["server_id"]: one for one in migrations if one["outcome"] in outcomes.GOOD}


def _moved(migrations: Iterable[Entry]) -> list[Entry]:
    keys = ("server_id", "server_name", "source", "destination", "migration_id")
    # what was where it should be already was not moved
    well = [one for one in _well(migrations).values() if one["outcome"] != outcomes.UNCHANGED]
    return [{key: one[key] for key in keys} for one in well]


def _gone(seen: Iterable[Entry], entries: Iterable[Entry], migrations: list[Entry]) -> list[Entry]:
    """What went by itself: with an earlier run, by somebody else, or by its deletion."""
    told = {entry["id"] for entry in entries} | {one["server_id"] for one in _moved(migrations)}
    tried = {one["server_id"]: one for one in migrations}
    return [
        {"server_id": server_id, "server_name": entry["name"], "why": _why_gone(entry, tried.get(server_id))}
        for server_id, entry in {entry["id"]: entry for entry in seen}.items()
        if server_id not in told
    ]


def _why_gone(entry: Entry, migration: Entry | None) -> str:
    if migration is None:
        return "it had left before its turn: by an earlier run, by somebody else, or deleted"
    # what waits for its confirmation is elsewhere already
    if entry["how"] != move_method.BY_CONFIRMATION and migration["source"] not in (None, entry["host"]):
        return f"it was on {migration['source']} before its turn: by an earlier run, or by somebody else"
    message = str(migration["message"]).removeprefix(f"{entry['name']}: ")
    return f"it left, but not by what this run asked for: {message}"


def _next(entries: Iterable[Entry], migrations: list[Entry], *, stops: bool) -> tuple[list[str], list[str]]:
    """What was not tried yet, to move live and to move cold: nothing is tried twice in one run.

    Nothing where one failed and the rest is to stay then.
    """
    if stops and any(one["outcome"] not in outcomes.GOOD for one in migrations):
        return [], []
    tried = {one["server_id"] for one in migrations}
    fresh = [entry for entry in entries if entry["id"] not in tried]
    by_cold = (move_method.BY_COLD_MIGRATION, move_method.BY_CONFIRMATION)
    return (
        [entry["id"] for entry in fresh if entry["how"] == move_method.BY_LIVE_MIGRATION],
        [entry["id"] for entry in fresh if entry["how"] in by_cold],
    )


def _left(entry: Entry, migrations: Iterable[Entry]) -> Entry:
    bad = [one for one in migrations if one["server_id"] == entry["id"] and one["outcome"] not in outcomes.GOOD]
    # the message begins with the name, which stands beside it here
    told = str(bad[-1]["message"]).removeprefix(f"{entry['name']}: ") if bad else None
    why = told or entry["obstacle"] or "it was not moved yet: run again"
    return {"server_id": entry["id"], "server_name": entry["name"], "how": entry["how"], "why": why}


def _held_by_others(after: Mapping[str, Any]) -> list[Entry]:
    """What Placement holds for the host, and no server there explains."""
    servers = {entry["id"] for entry in after.get("servers") or []}
    found = []
    for one in after.get("consumers") or []:
        owner = one["server_id"]
        if owner in servers:
            continue
        resources = ", ".join(f"{amount} {name}" for name, amount in sorted(one["resources"].items()))
        whose = f"the {one['kind']} {one['consumer']}" if owner else f"{one['consumer']}, which Nova does not know"
        why = f"Placement holds {resources} for {whose}" + (
            f" of server {owner}" if owner != one["consumer"] and owner else ""
        )
        found.append({"server_id": owner, "server_name": None, "how": move_method.NOT_AT_ALL, "why": why})
    return found


def _sentence(what: str, left: list[Entry]) -> str:
    """The first few by name: the rest is in `left`."""
    shown = "; ".join(
        f"{one['server_name'] or one['server_id'] or 'an allocation'}: {one['why']}" for one in left[:_TOLD]
    )
    more = f"; and {len(left) - _TOLD} more" if len(left) > _TOLD else ""
    return f"{what}. {shown}{more}"
