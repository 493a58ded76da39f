# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Repair allocations that the audit has found.

Each repair reads the present values of the finding first. A repair replaces the allocations of one consumer with one
request, which Placement refuses if another client has changed the consumer in the meantime.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CloudError,
    ConflictError,
    DroppedError,
    InputError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._audit import repair_decision
from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import (
    ALLOCATION_ORPHANED,
    KINDS,
    REPAIRABLE,
    AuditServer,
    Snapshot,
)
from ansible_collections.stackproof.migration.plugins.module_utils._audit.repair_decision import (
    FAILED,
    REFUSED,
    REPAIRED,
    UNCHANGED,
    WOULD_REPAIR,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova import compute_services, migration_list
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import view
from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import Placement
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._audit.repair_decision import Decision
    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import (
        Allocation,
        ConsumerState,
        Resources,
    )

NOTHING: dict[str, Any] = {"repairs": [], "counts": {}}


@dataclass(frozen=True)
class RepairRequest:
    """The options of the module migration_audit_repair."""

    findings: Sequence[Mapping[str, Any]]
    kinds: Sequence[str]
    settle_seconds: float = 60.0

    def check(self) -> None:
        """Raise InputError if an option is not valid."""
        for kind in self.kinds:
            if kind not in REPAIRABLE:
                known = f"Choose from {', '.join(REPAIRABLE)}. {did_you_mean(kind, REPAIRABLE)}".rstrip()
                what = "cannot be repaired" if kind in KINDS else "is not a kind of findings"
                raise InputError(f"kinds: {kind} {what}. {known}")
        if self.settle_seconds < 0:
            raise InputError(f"settle_seconds must be at least 0, found {self.settle_seconds:g}. Set it to 0 or more.")
        for number, finding in enumerate(self.findings):
            missing = [key for key in ("kind", "subject") if not finding.get(key)]
            if missing:
                raise InputError(
                    f"findings[{number}] has no {' and no '.join(missing)}. Pass findings of migration_audit_info."
                )


def repair(cloud: Cloud, request: RepairRequest, *, check_mode: bool) -> dict[str, Any]:
    """Repair the findings of the requested kinds, and return what was done for each of them."""
    chosen = [finding for finding in request.findings if finding["kind"] in request.kinds]
    repairs = []
    if chosen:
        repairer = Repairer(cloud, timedelta(seconds=request.settle_seconds), check_mode=check_mode)
        repairs = [repairer.repair(finding) for finding in chosen]
    outcomes = [one["outcome"] for one in repairs]
    return {
        "repairs": repairs,
        "counts": {outcome: outcomes.count(outcome) for outcome in dict.fromkeys(outcomes)},
        "changed": any(outcome in (REPAIRED, WOULD_REPAIR) for outcome in outcomes),
    }


class Repairer:
    """Repairs findings one after the other."""

    def __init__(self, cloud: Cloud, settle: timedelta, *, check_mode: bool) -> None:
        self._cloud = cloud
        self._settle = settle
        self._check_mode = check_mode
        self._placement = Placement(cloud)
        self._host_of = {
            str(one["hypervisor_hostname"]): str(one["service"]["host"]) for one in compute_services.hypervisors(cloud)
        }

    def repair(self, finding: Mapping[str, Any]) -> dict[str, Any]:
        """Repair one finding, and return the entry of the result."""
        consumer, server_id = str(finding["subject"]), finding.get("server_id")
        entry: dict[str, Any] = {
            "kind": finding["kind"],
            "consumer": consumer,
            "server_id": server_id,
            "server_name": finding.get("server_name"),
            "allocations_before": {},
            "allocations_after": {},
        }
        try:
            # The generation is read first, so that Placement refuses the change if the values below become outdated.
            state = self._placement.consumer_state(consumer)
            held = self._placement.require_allocations(consumer)
            entry["allocations_before"] = entry["allocations_after"] = _by_provider(held)
            decision = self._decide(finding, consumer, server_id, held)
            if decision.refusal is not None:
                return {**entry, "outcome": UNCHANGED if decision.unchanged else REFUSED, "reason": decision.refusal}
            after = [one for one in held if decision.kept_roots and (one.shared or one.root in decision.kept_roots)]
            entry["allocations_after"] = _by_provider(after)
            if self._check_mode:
                return {**entry, "outcome": WOULD_REPAIR, "reason": ""}
            self._replace(state, held, after)
        except ConflictError as error:
            reason = f"Another client has changed the allocations since they were read. {error.failure.message}"
            return {**entry, "allocations_after": entry["allocations_before"], "outcome": REFUSED, "reason": reason}
        except CloudError as error:
            return {**entry, "allocations_after": None, "outcome": FAILED, "reason": error.failure.message}
        return {**entry, "outcome": REPAIRED, "reason": ""}

    def _decide(
        self, finding: Mapping[str, Any], consumer: str, server_id: str | None, held: list[Allocation]
    ) -> Decision:
        owner = server_id or consumer
        raw = nova_servers.read(self._cloud, owner)
        server = None if raw is None else AuditServer.of(raw)
        records = migration_list.of_server(self._cloud, owner)
        if finding["kind"] == ALLOCATION_ORPHANED:
            # The consumer can be a migration, for which Nova has no filter.
            hosts = sorted({self._host_of.get(one.root, one.root) for one in held if not one.shared})
            records += [record for host in hosts for record in migration_list.matching(self._cloud, {"host": host})]
        services = {one["host"]: compute_services.view(one) for one in compute_services.services(self._cloud)}
        now = Snapshot(
            now=self._cloud.now(),
            settle=self._settle,
            stale_after=self._settle,
            servers={} if server is None else {server.id: server},
            records=[view(record) for record in records],
            services=services,
            allocations={owner: self._placement.require_allocations(owner), consumer: held},
        )
        return repair_decision.decide(str(finding["kind"]), consumer, server, now, self._host_of)

    def _replace(self, state: ConsumerState, held: list[Allocation], after: list[Allocation]) -> None:
        kept = {one.provider for one in after}
        uuids = self._placement.uuids_of({one.provider for one in held})
        try:
            self._placement.keep_allocations(state, {uuid for name, uuid in uuids.items() if name in kept})
        except DroppedError:
            # The answer was lost, so read whether Placement has made the change.
            if _by_provider(self._placement.require_allocations(state.consumer)) != _by_provider(after):
                raise


def _by_provider(allocations: Sequence[Allocation]) -> dict[str, Resources]:
    return {one.provider: one.resources for one in allocations}
