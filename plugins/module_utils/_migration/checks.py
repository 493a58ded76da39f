# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Compare the expected result of a migration with the values in the cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._migration.volume_and_port_checks import (
    compare_ports,
    compare_volumes,
    ids_by_volume,
    verdict,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import Phase
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import LIVE
from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import (
    Allocation,
    root_providers,
    unshared,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import (
        Check,
        MigrationPlan,
        Observation,
    )
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.volume_and_port_checks import (
        Comparison,
    )
    from ansible_collections.stackproof.migration.plugins.module_utils._probe.model import Reach

# The migration record does not change after the migration has ended.
RECORD_CHECKS = frozenset({"type", "source", "destination", "status"})
# Checks of the server in Nova
SERVER_CHECKS = frozenset({"server_status", "server_task_state", "server_host"})
# Checks of Cinder and Neutron. They are made only for servers with volumes and ports.
VOLUME_CHECK = "volume_attachments"
PORT_CHECK = "port_bindings"
# Checks of the network probe
REACH_CHECKS = ("answers", "downtime")
# In these statuses, the guest runs or is paused, so its ports are ACTIVE.
_RUNNING_STATUSES = ("ACTIVE", "PAUSED")
# The module always runs these checks, even if the option ``verify`` is false.
_UNCONDITIONAL_CHECKS = RECORD_CHECKS.union(REACH_CHECKS)


def checks_of(plan: MigrationPlan, observation: Observation, *, verify: bool = True) -> list[Check]:
    """Return the checks of one migration. In a check, ``ok`` is None if the user may not read the value.

    If ``verify`` is false, return only the checks of the migration record and of the network probe.
    """
    checks = _all_checks(plan, observation)
    return checks if verify else [check for check in checks if check["name"] in _UNCONDITIONAL_CHECKS]


def _all_checks(plan: MigrationPlan, observation: Observation) -> list[Check]:
    record = observation.record
    if record is None:
        return [_check("status", plan.kind.done, None, ok=False)]
    moved = plan.kind.phase(record["status"]) is Phase.DONE and not plan.kind.reverts
    location = (plan.expected_host or record["destination"]) if moved else plan.source or record["source"]
    return [
        _check("type", plan.kind.record_type, record["type"]),
        _compare_if_visible("source", plan.source, record["source"]),
        _destination(plan, record, moved=moved),
        _check("status", plan.kind.done, record["status"]),
        *_server_checks(plan, observation.server, location, moved=moved),
        _allocations(
            "server_allocations",
            _providers(plan, record, location, moved=moved),
            _unshared(observation.server_allocations),
        ),
        _allocations("migration_allocations", [], observation.migration_allocations),
        *_volume_checks(plan, observation, location, moved=moved),
        *_port_checks(plan, observation, location),
        *_reach_checks(observation.reach),
    ]


def _volume_checks(plan: MigrationPlan, observation: Observation, location: str | None, *, moved: bool) -> list[Check]:
    if observation.volumes is None:
        return [_unknown(VOLUME_CHECK, None)] if observation.has_volumes else []
    before = ids_by_volume(plan.attachments_before or ())
    keeps_ids = plan.kind is LIVE and not moved
    return _compared(VOLUME_CHECK, compare_volumes(observation.volumes, location, before, keeps_ids=keeps_ids))


def _port_checks(plan: MigrationPlan, observation: Observation, location: str | None) -> list[Check]:
    # The server has addresses, so the user may not see its ports if there are none.
    if not observation.ports:
        return [_unknown(PORT_CHECK, None)] if observation.has_ports else []
    before = {port.id: port for port in plan.ports_before or ()}
    runs = plan.initial_status in _RUNNING_STATUSES
    return _compared(PORT_CHECK, compare_ports(observation.ports, location, before, runs=runs))


def _compared(name: str, comparisons: Sequence[Comparison]) -> list[Check]:
    """Return one check for all volumes or ports of a server. Return no check if there are none."""
    if not comparisons:
        return []
    expected, found = ([part[side] for part in comparisons] for side in (0, 1))
    return [{"name": name, "expected": expected, "found": found, "ok": verdict(comparisons)}]


def _reach_checks(reach: Reach | None) -> list[Check]:
    if reach is None:
        return []
    found = reach.address if reach.answers else f"no answer for {reach.silent:.1f} s"
    answers = (
        _unknown("answers", reach.address)
        if reach.answers is None
        else _check("answers", reach.address, found, ok=reach.answers)
    )
    return [answers] if reach.max_downtime is None else [answers, _downtime_check(reach, reach.max_downtime)]


def _downtime_check(reach: Reach, most: float) -> Check:
    expected, found = f"at most {most:g} s", f"{reach.longest:.2f} s"
    if reach.longest > most:
        return _check("downtime", expected, found, ok=False)
    if reach.answers is None or reach.possible > most:
        # The module sent no probe requests for some time, so the real downtime may be longer.
        return {"name": "downtime", "expected": expected, "found": found, "ok": None}
    return _check("downtime", expected, found, ok=True)


def _providers(
    plan: MigrationPlan, record: Mapping[str, Any], location: str | None, *, moved: bool
) -> list[str] | None:
    """Return the names of the resource providers that must hold the server's allocations.

    Return None if the names are unknown.
    """
    node = record["destination_node"] if moved else record["source_node"]
    if node is None and not moved and plan.allocations_before:
        # Without a destination, the migration record has no source_node. Use the provider that held the allocations
        # before the migration.
        names = list(plan.allocations_before)
        return names if len(names) == 1 else [location] if location in names else None
    provider = node or location
    return [provider] if provider else None


def _check(name: str, expected: Any, found: Any, *, ok: bool | None = None) -> Check:
    return {"name": name, "expected": expected, "found": found, "ok": expected == found if ok is None else ok}


def _unknown(name: str, expected: Any) -> Check:
    return {"name": name, "expected": expected, "found": None, "ok": None}


def _compare_if_visible(name: str, expected: Any, found: Any) -> Check:
    if found is None:
        return _unknown(name, expected)
    return _check(name, found if expected is None else expected, found)


def _destination(plan: MigrationPlan, record: Mapping[str, Any], *, moved: bool) -> Check:
    source, found = plan.source or record["source"], record["destination"]
    if not moved and found is None:
        return _unknown("destination", plan.expected_host)
    if plan.expected_host is None and found is not None and found == source and not plan.kind.may_stay:
        return _check("destination", f"not {source}", found, ok=False)
    return _compare_if_visible("destination", plan.expected_host, found)


def _server_checks(
    plan: MigrationPlan, server: Mapping[str, Any] | None, location: str | None, *, moved: bool
) -> list[Check]:
    if server is None:
        return [_check("server_status", plan.initial_status, "gone", ok=False)]
    checks = [
        _check("server_status", plan.initial_status, server["status"]),
        _check("server_task_state", None, server["task_state"]),
    ]
    if server["host"] is not None and location is not None:
        checks.append(_check("server_host", location, server["host"]))
    elif plan.source_host_id and server["host_id"]:
        # A user who cannot see host names can still compare the hostId of the server.
        stayed = server["host_id"] == plan.source_host_id
        expected = f"hostId other than {plan.source_host_id}" if moved else f"hostId {plan.source_host_id}"
        checks.append(_check("server_host", expected, f"hostId {server['host_id']}", ok=stayed != moved))
    else:
        checks.append(_unknown("server_host", location))
    return checks


def _allocations(name: str, expected: list[str] | None, allocations: list[Allocation] | None) -> Check:
    if allocations is None or expected is None:
        return _unknown(name, expected)
    return _check(name, expected, root_providers(allocations))


def _unshared(allocations: list[Allocation] | None) -> list[Allocation] | None:
    """Return the allocations that move with the server. Allocations of shared storage do not move."""
    return None if allocations is None else unshared(allocations)


def agree(checks: Iterable[Check]) -> bool:
    """Return whether no check failed."""
    return all(check["ok"] is not False for check in checks)
