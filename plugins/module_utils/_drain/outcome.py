# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Determine the outcome of a drain and the servers to move next.

The documentation of the filter drain_outcome describes the keys of ``drain``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.prediction import score
from ansible_collections.stackproof.migration.plugins.module_utils._drain import move_method
from ansible_collections.stackproof.migration.plugins.module_utils._drain.inputs import report_inputs
from ansible_collections.stackproof.migration.plugins.module_utils._drain.reenable_service import reenables
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes
from ansible_collections.stackproof.migration.plugins.module_utils._module.run_summary import cloud_text, report_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Entry = dict[str, Any]

DRAINED = "drained"
NOT_DRAINED = "not_drained"
UNDRAINED = "undrained"
NOT_UNDRAINED = "not_undrained"
PLANNED = "planned"
ERROR = "error"
SUCCESSFUL = frozenset({DRAINED, UNDRAINED, PLANNED})
REPORT_FILE = "drain.json"
# The reason of a failed drain names at most this number of servers.
_NAMED_SERVERS = 3


@dataclass
class Conclusion:
    """The outcome of a drain, and the servers that the next round moves."""

    outcome: str
    reason: str = ""
    moved: list[Entry] = field(default_factory=list)
    # The servers and allocations that stay on the host, with a reason. In check mode, this list is a prediction.
    left: list[Entry] = field(default_factory=list)
    # The servers that left the host during the drain without a migration of this drain.
    gone: list[Entry] = field(default_factory=list)
    # The ids of the servers that the drain live-migrates or cold-migrates in its next round.
    live: list[str] = field(default_factory=list)
    cold: list[str] = field(default_factory=list)

    @property
    def successful(self) -> bool:
        return self.outcome in SUCCESSFUL

    @property
    def unfinished(self) -> bool:
        """Return whether the drain needs another round of migrations."""
        return bool(self.live or self.cold)


def is_undrain(drain: Mapping[str, Any]) -> bool:
    """Return whether the role enables the compute host again instead of draining it."""
    return str(drain.get("state") or DRAINED) == UNDRAINED


def evaluate(drain: Mapping[str, Any]) -> dict[str, Any]:
    found = conclude(drain)
    plan = drain.get("plan") or {}
    return {
        **asdict(found),
        "successful": found.successful,
        "unfinished": found.unfinished,
        "refusal": " ".join(problem["message"] for problem in plan.get("problems") or []),
        "reenable": reenables(drain, successful=found.successful),
    }


def result_of(drain: Mapping[str, Any], *, seconds: float) -> dict[str, Any]:
    """Return the result of the role host_drain."""
    found = conclude(drain)
    plan, inventory = drain.get("plan") or {}, inventory_of(drain)
    check_mode = bool(drain.get("check_mode"))
    return {
        "outcome": found.outcome,
        "reason": found.reason,
        "host": str(drain["host"]),
        "cloud": cloud_text(drain.get("cloud"), inventory.get("cloud")),
        "microversion": inventory.get("microversion"),
        "inputs": report_inputs(drain.get("inputs") or {}),
        "service": service_of(drain),
        "service_change": service_change_of(drain),
        "since": inventory.get("since") or "",
        "moved": found.moved,
        "left": found.left,
        "gone": found.gone,
        "migrations": list(drain.get("migrations") or []),
        "notifications": list(drain.get("notifications") or []),
        "plan": list(plan.get("moved" if is_undrain(drain) else "servers") or []) if check_mode else [],
        "prediction": _prediction(drain),
        "problems": list(plan.get("problems") or []),
        "unknown": list(plan.get("unknown") or []),
        "run_id": drain["run_id"],
        "check_mode": check_mode,
        "report": report_file(
            REPORT_FILE, drain.get("report_folder"), drain.get("refusal_folder"), check_mode=check_mode
        ),
        "seconds": seconds,
    }


def _prediction(drain: Mapping[str, Any]) -> dict[str, Any]:
    """Compare the plan of the run with its migrations."""
    plan, migrations = drain.get("plan") or {}, list(drain.get("migrations") or [])
    servers = plan.get("moved" if is_undrain(drain) else "servers") or []
    moved = set(_succeeded(migrations))
    failed = {one["server_id"] for one in migrations if one["server_id"] not in moved}
    return score(servers, moved=moved, failed=failed)


def conclude(drain: Mapping[str, Any]) -> Conclusion:
    """Return the outcome of a drain or of an undrain."""
    return _conclude_undrain(drain) if is_undrain(drain) else _conclude_drain(drain)


def inventory_of(drain: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the last known state of the host: after the drain, or before it."""
    return drain.get("inventory") or drain.get("plan") or {}


def _is_failed_or_planned(found: Conclusion, drain: Mapping[str, Any], obstacles: Mapping[str, str]) -> bool:
    """Set the outcome and return True if the drain failed or ran in check mode."""
    if drain.get("failure"):
        found.outcome, found.reason = ERROR, _failure_reason(drain)
        found.left = [] if drain.get("check_mode") else found.left
        return True
    if drain.get("check_mode"):
        found.outcome = PLANNED
        found.left = [
            one for one in found.left if one["move_method"] == move_method.NOT_AT_ALL or one["server_id"] in obstacles
        ]
        return True
    return False


def _conclude_drain(drain: Mapping[str, Any]) -> Conclusion:
    inventory, migrations = inventory_of(drain), list(drain.get("migrations") or [])
    entries = list(inventory.get("servers") or [])
    reasons = _plan_obstacles(drain)
    left = [_left(entry, migrations, reasons) for entry in entries] + _other_allocations(inventory)
    live, cold = _next(entries, migrations, stop=bool(drain.get("stop_on_failure")))
    found = Conclusion(NOT_DRAINED, moved=_moved(migrations), left=left, live=live, cold=cold)
    if _is_failed_or_planned(found, drain, reasons):
        if found.outcome == PLANNED and found.left:
            found.reason = _sentence(f"{_items(found.left)} would stay on the host", found.left)
    elif left:
        found.reason = _sentence(f"{_items(left)} {'is' if len(left) == 1 else 'are'} left on the host", left)
    elif not inventory.get("empty"):
        found.reason = _unknown_allocations(inventory)
    elif (inventory.get("service") or {}).get("status") == "enabled":
        found.reason = (
            "The host is empty, but its compute service was enabled during the drain, so the scheduler can place"
            " servers on it. Run the drain again."
        )
    else:
        found.outcome = DRAINED
    if found.outcome != ERROR:
        # After an error, the list of servers may be old, and does not show which servers left the host.
        found.gone = _gone(drain.get("earlier_servers") or [], entries, migrations)
    return found


def _conclude_undrain(drain: Mapping[str, Any]) -> Conclusion:
    inventory, migrations = inventory_of(drain), list(drain.get("migrations") or [])
    entries = [entry for entry in inventory.get("moved") or [] if entry["id"] not in _succeeded(migrations)]
    reasons = _plan_obstacles(drain)
    left = [_left(entry, migrations, reasons) for entry in entries]
    live, cold = _next(entries, migrations, stop=bool(drain.get("stop_on_failure")))
    found = Conclusion(UNDRAINED, moved=_moved(migrations), left=left, live=live, cold=cold)
    if _is_failed_or_planned(found, drain, reasons):
        if found.outcome == PLANNED and found.left:
            found.reason = _sentence(f"{_servers(found.left)} would not be brought back", found.left)
    elif left:
        verb = "was" if len(left) == 1 else "were"
        found.outcome = NOT_UNDRAINED
        found.reason = _sentence(f"{_servers(left)} {verb} not brought back", left)
    return found


def _servers(left: list[Entry]) -> str:
    return "1 server" if len(left) == 1 else f"{len(left)} servers"


def _items(left: list[Entry]) -> str:
    return "1 server or allocation" if len(left) == 1 else f"{len(left)} servers or allocations"


def _failure_reason(drain: Mapping[str, Any]) -> str:
    return str(drain["failure"].get("reason") or "The failed task returned no message.")


def _unknown_allocations(inventory: Mapping[str, Any]) -> str:
    if not inventory:
        return "The host was not read."
    known = " ".join(str(text) for text in inventory.get("unknown") or [])
    return (
        f"No server is on the host, but its allocations in Placement are unknown. {known}".rstrip()
        + " Run the drain as a user who can read Placement."
    )


def _plan_obstacles(drain: Mapping[str, Any]) -> dict[str, str]:
    """Return the reason why a server has no destination, by server id."""
    plan = drain.get("plan") or {}
    entries = [*(plan.get("servers") or []), *(plan.get("moved") or [])]
    return {entry["id"]: entry["destination_obstacle"] for entry in entries if entry.get("destination_obstacle")}


def service_of(drain: Mapping[str, Any]) -> Entry:
    """Return the compute service at the end of the drain, or at its start in check mode."""
    results = [drain.get(name) or {} for name in ("reenable_result", "enable_result", "disable_result")]
    key = "before" if drain.get("check_mode") else "service"
    services = [result.get(key) for result in results] + [inventory_of(drain).get("service")]
    return next((dict(service) for service in services if service), {})


def service_change_of(drain: Mapping[str, Any]) -> str:
    """Return the new status of the compute service, or an empty string if the run did not change the status.

    In check mode, return the status that the run would set.
    """
    results = [drain.get(name) or {} for name in ("reenable_result", "enable_result", "disable_result")]
    return next(
        (str(result["service"]["status"]) for result in results if result.get("changed") and result.get("service")), ""
    )


def _succeeded(migrations: Iterable[Entry]) -> dict[str, Entry]:
    return {one["server_id"]: one for one in migrations if one["outcome"] in outcomes.GOOD}


def _moved(migrations: Iterable[Entry]) -> list[Entry]:
    keys = ("server_id", "server_name", "source", "destination", "migration_id")
    moved = [one for one in _succeeded(migrations).values() if one["outcome"] != outcomes.UNCHANGED]
    return [{key: one[key] for key in keys} for one in moved]


def _gone(earlier: Iterable[Entry], entries: Iterable[Entry], migrations: list[Entry]) -> list[Entry]:
    """Return the servers that disappeared from the host without a migration of this drain."""
    accounted = {entry["id"] for entry in entries} | {one["server_id"] for one in _moved(migrations)}
    tried = {one["server_id"]: one for one in migrations}
    return [
        {"server_id": server_id, "server_name": entry["name"], "reason": _gone_reason(entry, tried.get(server_id))}
        for server_id, entry in {entry["id"]: entry for entry in earlier}.items()
        if server_id not in accounted
    ]


def _gone_reason(entry: Entry, migration: Entry | None) -> str:
    if migration is None:
        return "The server left before its migration was requested. An earlier run or another user moved or deleted it."
    # A server with an unconfirmed cold migration is already on another host.
    if entry["move_method"] != move_method.BY_CONFIRMATION and migration["source"] not in (None, entry["host"]):
        return (
            f"The server was on {migration['source']} before its migration was requested. An earlier run or another"
            " user moved the server."
        )
    message = str(migration["message"]).removeprefix(f"{entry['name']}: ")
    return f"The server left, but not by the migration that this run requested: {message}"


def _next(entries: Iterable[Entry], migrations: list[Entry], *, stop: bool) -> tuple[list[str], list[str]]:
    """Return two lists of server ids for the next round, live migrations and cold migrations."""
    if stop and any(one["outcome"] not in outcomes.GOOD for one in migrations):
        return [], []
    tried = {one["server_id"] for one in migrations}
    untried = [entry for entry in entries if entry["id"] not in tried]
    by_cold = (move_method.BY_COLD_MIGRATION, move_method.BY_CONFIRMATION)
    return (
        [entry["id"] for entry in untried if entry["move_method"] == move_method.BY_LIVE_MIGRATION],
        [entry["id"] for entry in untried if entry["move_method"] in by_cold],
    )


def _left(entry: Entry, migrations: Iterable[Entry], plan_obstacles: Mapping[str, str]) -> Entry:
    failed = [one for one in migrations if one["server_id"] == entry["id"] and one["outcome"] not in outcomes.GOOD]
    predicted = plan_obstacles.get(entry["id"])
    if failed:
        # Remove the server name from the message, because the result already contains the name.
        reason = str(failed[-1]["message"]).removeprefix(f"{entry['name']}: ")
        reason += f" The plan predicted: {predicted}." if predicted else ""
    else:
        no_destination = f"No host can take the server: {predicted}." if predicted else None
        reason = entry["obstacle"] or no_destination or "The server was not moved yet. Run the role again."
    return {
        "server_id": entry["id"],
        "server_name": entry["name"],
        "move_method": entry["move_method"],
        "reason": reason,
    }


def _other_allocations(inventory: Mapping[str, Any]) -> list[Entry]:
    """Return the allocations whose consumer is not a server on this host."""
    servers = {entry["id"] for entry in inventory.get("servers") or []}
    return [
        {
            "server_id": consumer["server_id"],
            "server_name": None,
            "move_method": move_method.NOT_AT_ALL,
            "reason": allocation_text(consumer),
            "consumer": consumer["consumer"],
        }
        for consumer in inventory.get("consumers") or []
        if consumer["server_id"] not in servers
    ]


def allocation_text(consumer: Mapping[str, Any]) -> str:
    """Return a sentence with the resources, the resource providers and the consumer of an allocation."""
    held = "; ".join(
        f"{', '.join(f'{name}={amount}' for name, amount in sorted(resources.items()))} on {provider}"
        for provider, resources in sorted(consumer["providers"].items())
    )
    owner, uuid = consumer["server_id"], consumer["consumer"]
    if not owner:
        return (
            f"Placement holds {held} for consumer {uuid}, which Nova does not know. If nothing uses the resources,"
            f" delete the allocation with `openstack resource provider allocation delete {uuid}`."
        )
    of_server = f" of server {owner}" if owner != uuid else ""
    return f"Placement holds {held} for the {consumer['kind']} {uuid}{of_server}."


def _sentence(summary: str, left: list[Entry]) -> str:
    named = "; ".join(
        f"{one['server_name'] or one['server_id'] or 'an allocation'}: {one['reason'].rstrip('.')}"
        for one in left[:_NAMED_SERVERS]
    )
    more = f"; and {len(left) - _NAMED_SERVERS} more" if len(left) > _NAMED_SERVERS else ""
    return f"{summary}. {named}{more}."
