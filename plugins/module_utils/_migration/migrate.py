# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Plan, request and monitor the live or cold migrations of servers."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CloudError,
    ConflictError,
    DroppedError,
    ForbiddenError,
    GuestError,
    InputError,
    NotFoundError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import limitations
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline, Stopwatch, Waiter
from ansible_collections.stackproof.migration.plugins.module_utils._migration import conclude
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes
from ansible_collections.stackproof.migration.plugins.module_utils._migration.destinations import destinations_by_id
from ansible_collections.stackproof.migration.plugins.module_utils._migration.foreign_migrations import (
    RECENT,
    describe,
    is_stale,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import MigrationPlan, Observation
from ansible_collections.stackproof.migration.plugins.module_utils._migration.monitor import (
    MigrationMonitor,
    MigrationStarter,
    summary,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.poll_wait import listening, warnings_of
from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import TrackedMigration
from ansible_collections.stackproof.migration.plugins.module_utils._migration.volume_and_port_reader import (
    VolumeAndPortReader,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.wait_for_foreign_migrations import (
    ForeignMigrationWait,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.progress_file import line_writer
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report
from ansible_collections.stackproof.migration.plugins.module_utils._nova import (
    instance_actions,
    migration_list,
    timestamps,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_references import check_compute_hosts
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import key_of, view
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import LIVE, going_on
from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import Placement
from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Allocation, by_provider
from ansible_collections.stackproof.migration.plugins.module_utils._probe.server_probe import (
    Probe,
    await_answers,
    never_answered,
    probe_of,
    prober_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._cinder.model import Attachment
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import (
        MigrationOrder,
        MonitorOptions,
    )
    from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import Port
    from ansible_collections.stackproof.migration.plugins.module_utils._notifications.listener import Listener
    from ansible_collections.stackproof.migration.plugins.module_utils._probe.model import ProbeOrder

# After a lost answer, the module checks for this many seconds whether Nova received the request.
RECOVERY_SECONDS = 5.0
# With this many servers or more, the module reads all migration records with one request.
MANY_SERVERS = 4
# A server may have moved, so the module reads its host again after this many seconds.
RECHECK_SECONDS = 60.0


@dataclass
class MigrationWorkflow:
    """Requests and monitors the migrations of one module call."""

    cloud: Cloud
    order: MigrationOrder
    options: MonitorOptions
    check_mode: bool = False
    warnings: list[str] = field(default_factory=list)
    # The recent migration records of all servers. None if the module reads them for each server.
    _recent: list[dict[str, Any]] | None = None
    _not_before: str = ""
    # The hosts in the option ``destinations``, by server id.
    _destinations: dict[str, str] = field(default_factory=dict)
    # The time since the module read the hosts of the servers.
    _located: Stopwatch = field(init=False)
    _listener: Listener | None = None
    # The servers on the host ``source``, and the time since they were listed again.
    _on_source: dict[str, dict[str, Any]] = field(default_factory=dict)
    _listed_again: Stopwatch | None = None

    def run(self) -> Report:
        # Connect to RabbitMQ first, so that a wrong option fails before any migration.
        with listening(self.options.notifications, self.cloud.clock, self.warnings) as self._listener:
            return self._run()

    def _run(self) -> Report:
        self.cloud.deadline = Deadline(self.cloud.clock, self.options.timeout + self.order.wait_for_hosts)
        self.cloud.microversions.choose(self.order.need)
        if self.order.kind is LIVE:
            self.warnings += limitations(self.cloud.microversions, names_host=self.order.names_host)
        servers, missing = self._find()
        if self.order.destinations:
            self._check_hosts("destinations", self.order.destinations.values())
        probes = self._probes_of(servers)
        if self.order.probing is None or self.check_mode or not probes:
            return self._move(servers, missing)
        return self._move_while_probing(self.order.probing, probes)

    def _move(
        self,
        servers: list[dict[str, Any]],
        missing: list[str],
        probes: Mapping[str, Probe] | None = None,
        unanswered: Sequence[Probe] = (),
    ) -> Report:
        tracked = self._prepare_all(servers)
        tracked += [self._missing(server_id) for server_id in missing]
        before = _diff_lines(tracked)
        host_wait = self._host_wait_of(tracked)
        if self.check_mode:
            return self._predict(tracked, host_wait)
        if probes is not None:
            self._attach(tracked, probes, unanswered)
        for migration in tracked:
            migration.state.is_started = migration.joined
        starter = MigrationStarter(self._request, self.order.limit, host_wait, self.order.stop_on_failure)
        monitor = MigrationMonitor(self.cloud, tracked, self.options, starter, self._listener)
        if self.order.wait:
            monitor.run()
        else:
            monitor.start()
            monitor.wait_for_records()
            for migration in tracked:
                if migration.open:
                    migration.conclude(
                        conclude.started(migration.plan, migration.observation, migration.key, migration.request_id)
                    )
        if host_wait is not None:
            self.warnings += host_wait.warnings
        return self._report(tracked, before, monitor)

    def _prepare_all(self, servers: list[dict[str, Any]]) -> list[TrackedMigration]:
        allocations = (
            Placement(self.cloud).allocations_of([server["id"] for server in servers]) if self.options.verify else None
        )
        attachments, ports = self._read_volumes_and_ports(servers)
        if len(servers) >= MANY_SERVERS:
            self._read_recent_records([server["id"] for server in servers if server["task_state"] is None])
        self._located = Stopwatch(self.cloud.clock)
        tracked = [
            self._prepare(server, None if allocations is None else allocations[server["id"]]) for server in servers
        ]
        for migration in tracked:
            # During a migration of another client, each volume has two attachments.
            if not migration.joined:
                migration.replan(
                    attachments_before=attachments.get(migration.plan.server_id),
                    ports_before=ports.get(migration.plan.server_id),
                )
        return tracked

    def _read_volumes_and_ports(
        self, servers: Sequence[Mapping[str, Any]]
    ) -> tuple[dict[str, tuple[Attachment, ...]], dict[str, tuple[Port, ...]]]:
        """Return the attachments and the ports of the servers before their migrations, by server id."""
        if not self.options.verify or self.check_mode:
            return {}, {}
        own = self.cloud.identity().project_id
        reader = VolumeAndPortReader(
            self.cloud, all_projects=any(server["project_id"] not in (None, own) for server in servers)
        )
        attachments, ports = reader.attachments_before(servers), reader.ports_before(servers)
        return {key: tuple(found) for key, found in attachments.items()}, {
            key: tuple(found) for key, found in ports.items()
        }

    def _host_wait_of(self, tracked: list[TrackedMigration]) -> ForeignMigrationWait | None:
        if not self.order.wait_for_hosts:
            return None
        ours = frozenset(migration.plan.server_id for migration in tracked) | frozenset(self.order.own_servers)
        return ForeignMigrationWait(self.cloud, self.order.wait_for_hosts, ours)

    def _probes_of(self, servers: list[dict[str, Any]]) -> dict[str, Probe]:
        """Return the network probes by server id."""
        order = self.order.probing
        if order is None:
            return {}
        # A server with a task state may already be migrating, so the module does not probe the server.
        which = [migration for migration in servers if migration["task_state"] is None and self._is_to_move(migration)]
        if order.address is not None and len(which) > 1:
            raise InputError(
                f"probe: address is for a single server, but {len(which)} servers are to be migrated. Remove address."
            )
        for migration in which:
            if migration["status"] != "ACTIVE":
                raise InputError(
                    f"probe: only an ACTIVE server can answer, but the server {migration['name']} has status"
                    f" {migration['status']}. Leave probe out, or start the server."
                )
        return {migration["id"]: probe_of(order, migration) for migration in which}

    def _move_while_probing(self, order: ProbeOrder, probes: dict[str, Probe]) -> Report:
        file = self.options.progress_file
        every = list(probes.values())
        clock = self.cloud.clock
        with prober_of(every, order, clock) as prober:
            unanswered = await_answers(every, order, prober, clock, line_writer(file) if file else None)
            if (error := prober.ended_by()) is not None:
                raise InputError(f"probe: the network probe failed: {error!r}. No server was migrated.")
            # The wait for the first answers takes time, so read the hosts of the servers again.
            self.cloud.deadline = Deadline(self.cloud.clock, self.options.timeout + self.order.wait_for_hosts)
            servers, missing = self._find()
            report = self._move(servers, missing, probes, unanswered)
        if (error := prober.ended_by()) is not None:
            report.warnings.append(f"probe: the network probe stopped before the end of the migrations: {error!r}")
        return report

    def _attach(
        self, tracked: list[TrackedMigration], probes: Mapping[str, Probe], unanswered: Sequence[Probe]
    ) -> None:
        for migration in tracked:
            if not migration.open or migration.joined:
                continue
            migration.probe = probes.get(migration.plan.server_id)
            if migration.probe is None:
                message = (
                    f"{migration.plan.server_name}: the host or the task state of the server changed before the"
                    " first answer to the probe."
                )
                _refuse(migration, GuestError(f"{message} The migration was not requested. Run the task again."))
            elif migration.probe in unanswered:
                _refuse(migration, GuestError(never_answered(migration.probe)))

    def _is_to_move(self, server: Mapping[str, Any]) -> bool:
        host = server["host"]
        return host is None or (host != self._destination_of(server["id"]) and self.order.source in (None, host))

    def _destination_of(self, server_id: str) -> str | None:
        """Return the compute host in the migration request. Return None if Nova's scheduler chooses the host."""
        return self._destinations.get(server_id, self.order.host)

    def _check_hosts(self, option: str, hosts: Iterable[str]) -> None:
        # If the user may not list hosts, Nova checks the host name when the migration is requested.
        with contextlib.suppress(ForbiddenError):
            check_compute_hosts(self.cloud, option, hosts)

    def _find(self) -> tuple[list[dict[str, Any]], list[str]]:
        """Return the existing servers and the ids of deleted servers.

        Raise NotFoundError for an unknown name of a server.
        """
        found: dict[str, dict[str, Any]] = {}
        missing = []
        each = self._find_each()
        for wanted, server in each.items():
            if server is not None:
                found[server["id"]] = nova_servers.view(server)
            elif nova_servers.is_uuid(wanted):
                missing.append(wanted.lower())
            else:
                raise self._server_not_found(wanted)
        self._destinations = destinations_by_id(self.order.destinations, each)
        return list(found.values()), missing

    def _find_each(self) -> dict[str, dict[str, Any] | None]:
        order = self.order
        wanted = {name.lower(): name for name in order.servers if nova_servers.is_uuid(name)}
        found: dict[str, dict[str, Any]] = {}
        if order.source is not None and order.all_projects and len(wanted) >= MANY_SERVERS:
            listed = nova_servers.on_host(self.cloud, order.source)
            found = {wanted[server["id"]]: server for server in listed if server["id"] in wanted}
        elif order.destinations and len(wanted) >= MANY_SERVERS:
            # Most servers with named destinations have just been booted or migrated.
            listed_by_id = nova_servers.read_many(
                self.cloud, wanted, changed_since=self.cloud.now() - RECENT, all_projects=order.all_projects
            )
            found = {wanted[server_id]: server for server_id, server in listed_by_id.items()}
        # The other servers may have left the host.
        others = [name for name in order.servers if name not in found]
        each = nova_servers.find_each(self.cloud, others, all_projects=order.all_projects)
        return {name: found.get(name) or each[name] for name in order.servers}

    @staticmethod
    def _server_not_found(wanted: str) -> NotFoundError:
        return NotFoundError(
            f"servers: there is no server {wanted} that this user can see."
            " Use the id of the server. Administrators can set all_projects to find servers of other projects by name.",
            service="compute",
        )

    def _missing(self, server_id: str) -> TrackedMigration:
        plan = MigrationPlan(server_id, server_id, kind=self.order.kind, expected_host=self._destination_of(server_id))
        migration = TrackedMigration(plan)
        _refuse(migration, self._server_not_found(server_id))
        return migration

    def _read_recent_records(self, server_ids: list[str]) -> None:
        since = self.cloud.now() - RECENT
        self._not_before = _as_nova_writes(since)
        self._recent = migration_list.recent(self.cloud, server_ids, self.order.kind, since=since)

    def _prepare(self, server: dict[str, Any], allocations: list[Allocation] | None) -> TrackedMigration:
        if self._recent is None or server["task_state"] is not None:
            records, not_before = migration_list.of_server(self.cloud, server["id"]), ""
        else:
            # The server is not being migrated, so the module does not need its old migration records.
            records, not_before = self._recent, self._not_before
        plan = MigrationPlan(
            server_id=server["id"],
            server_name=server["name"] or server["id"],
            kind=self.order.kind,
            source=server["host"],
            source_host_id=server["host_id"],
            expected_host=server["host"] if self.order.kind.stays else self._destination_of(server["id"]),
            initial_status=server["status"],
            project_id=server["project_id"],
            allocations_before=None if allocations is None else by_provider(allocations),
            known=frozenset(key_of(record) for record in records),
            not_before=not_before,
        )
        migration = TrackedMigration(plan, Observation(server=server))
        running = going_on(records, plan.server_id, self.order.kind)
        if self._has_left_source(migration, running):
            return migration
        if running is not None and not is_stale(server, running, self.cloud.now()):
            self._join(migration, server, view(running))
        elif plan.source is not None and plan.source == plan.expected_host and not plan.kind.stays:
            migration.conclude(conclude.unchanged(f"{plan.server_name} is already on {plan.source}."))
        return migration

    def _has_left_source(self, migration: TrackedMigration, running: Mapping[str, Any] | None = None) -> bool:
        """Return whether the server has left the host ``source``. If so, conclude the migration."""
        if self.order.source is None:
            return False
        name = migration.plan.server_name
        source = (running or {}).get("source_compute") or migration.plan.source
        if source is None:
            message = f"{name}: this user may not see whether the server is on {self.order.source} (source)."
            _refuse(migration, ForbiddenError(message, service="compute"))
        elif source != self.order.source:
            where = f"the server is on {source}, not on {self.order.source} (source)"
            migration.conclude(conclude.unchanged(f"{name} was not migrated, because {where}."))
        return not migration.open

    def _join(self, migration: TrackedMigration, server: dict[str, Any], record: dict[str, Any]) -> None:
        """Monitor a migration that another client has requested for the server.

        The migration is refused if its destination is not the requested host.
        """
        migration.observe(record=record)
        migration.key = record["uuid"] or str(record["id"])
        migration.started = timestamps.read_time(record["created"])
        migration.replan(source=record["source"] or migration.plan.source, initial_status=_status_before(server))
        wanted, option = migration.plan.expected_host, "host" if self.order.host else "destinations"
        if wanted is None or record["destination"] == wanted:
            migration.joined = True
            actions = instance_actions.list_actions(self.cloud, migration.plan.server_id)
            migration.request_id = instance_actions.action_of(actions, migration.plan.kind.action, record["created"])
            return
        _refuse(
            migration,
            ConflictError(
                f"{migration.plan.server_name} is being migrated to {record['destination'] or 'a host not chosen yet'}"
                f" (migration {migration.key}, {record['status']}), but {option}={wanted} was requested."
                " Wait for the end of the migration, or abort it with migration_action.",
                service="compute",
                http_status=None,
            ),
        )

    # Request

    def _request(self, migration: TrackedMigration) -> None:
        if (self.order.source is not None or migration.state.was_blocked) and self._located.seconds > RECHECK_SECONDS:
            now = self._read_again(migration.plan.server_id)
            migration.replan(source=None if now is None else nova_servers.view(now)["host"])
            if now is not None and self._has_left_source(migration):
                return
        if migration.probe is not None:
            if migration.probe.reach.answers is False:
                _refuse(migration, GuestError(never_answered(migration.probe)))
                return
            migration.probe.begin()
        migration.started = self.cloud.now()
        # An older migration record may belong to another request.
        migration.replan(not_before=max(migration.plan.not_before, _as_nova_writes(migration.started - RECENT)))
        try:
            try:
                self._send(migration)
            except DroppedError as error:
                self._recover(migration, error)
        except CloudError as error:
            _refuse(migration, self._with_server_state(migration, error))

    def _read_again(self, server_id: str) -> dict[str, Any] | None:
        """Return the current state of a server, at most RECHECK_SECONDS old. One list serves all servers of a host."""
        if self.order.source is not None and self.order.all_projects and len(self.order.servers) >= MANY_SERVERS:
            if self._listed_again is None or self._listed_again.seconds > RECHECK_SECONDS:
                listed = nova_servers.on_host(self.cloud, self.order.source)
                self._on_source = {server["id"]: server for server in listed}
                self._listed_again = Stopwatch(self.cloud.clock)
            if server_id in self._on_source:
                return self._on_source[server_id]
        return nova_servers.read(self.cloud, server_id)

    def _send(self, migration: TrackedMigration) -> None:
        plan = migration.plan
        answer = self.cloud.send(
            "POST",
            f"/servers/{plan.server_id}/action",
            f"{plan.kind.noun.capitalize()} of server {plan.server_name} ({plan.server_id})",
            need=self.order.need,
            json=plan.kind.body(plan.expected_host, self.order.block_migration),
        )
        migration.request_id, migration.changed = answer.request_id, True

    def _recover(self, migration: TrackedMigration, error: DroppedError) -> None:
        """Send a request again if its answer was lost and Nova did not process it."""
        if self._took_effect(migration):
            migration.changed = True
            return
        try:
            self._send(migration)
        except DroppedError:
            if not self._took_effect(migration):
                raise error from None
            migration.changed = True

    def _took_effect(self, migration: TrackedMigration) -> bool:
        # The time of the request comes from the header Date, which has no fractions of a second.
        since = (migration.started or self.cloud.now()) - timedelta(seconds=2)
        for _poll in Waiter(self.cloud.clock, Deadline(self.cloud.clock, RECOVERY_SECONDS), self.options.pace):
            new = [
                action
                for action in instance_actions.list_actions(self.cloud, migration.plan.server_id)
                if action.get("action") == migration.plan.kind.action
                and (start := timestamps.read_time(action.get("start_time"))) is not None
                and start >= since
            ]
            if new:
                migration.request_id = str(new[0]["request_id"])
                return True
            records = migration_list.of_server(self.cloud, migration.plan.server_id)
            if migration.own_record(records) is not None:
                return True
        return False

    def _with_server_state(self, migration: TrackedMigration, error: CloudError) -> CloudError:
        """Add the current state of the server to the message of a conflict or not-found error."""
        if not isinstance(error, (ConflictError, NotFoundError)):
            return error
        try:
            now = nova_servers.read(self.cloud, migration.plan.server_id)
        except CloudError:
            return error
        if now is None:
            state = "The server no longer exists."
        else:
            server = nova_servers.view(now)
            kind = migration.plan.kind
            found = f"status={server['status']} task_state={server['task_state'] or 'none'}"
            needed = f"A server can be {kind.moved} if its status is {' or '.join(kind.movable)}, without a task state"
            if server["locked"]:
                state = f"The server has {found} locked=true. {needed} and without a lock."
            else:
                state = f"The server has {found}. {needed}."
        failure = error.failure
        return type(error)(
            f"{failure.message} {state}",
            service=failure.service,
            http_status=failure.http_status,
            request_id=failure.request_id,
        )

    # Report

    def _predict(self, tracked: list[TrackedMigration], host_wait: ForeignMigrationWait | None) -> Report:
        if self.order.host is not None and any(migration.open for migration in tracked):
            self._check_hosts("host", [self.order.host])
        for migration in tracked:
            if migration.open and migration.joined:
                message = (
                    f"{migration.plan.server_name}: would wait for the {migration.plan.kind.noun} {migration.key}."
                )
                migration.conclude(conclude.predicted(message))
            elif migration.open:
                self._predict_request(migration, None if host_wait is None else host_wait.blocking_migration(migration))
        if host_wait is not None:
            self.warnings += host_wait.warnings
        return self._report(tracked, _diff_lines(tracked))

    def _predict_request(self, migration: TrackedMigration, other: Mapping[str, Any] | None) -> None:
        plan, server = migration.plan, migration.observation.server or {}
        obstacle = _obstacle(plan, server)
        if obstacle is not None:
            _refuse(
                migration,
                ConflictError(
                    f"{plan.server_name}: Nova would refuse the {plan.kind.noun}: {obstacle}. A server can be"
                    f" {plan.kind.moved} when it is {' or '.join(plan.kind.movable)} without a task.",
                    service="compute",
                ),
            )
            return
        migration.changed = True
        message = f"{plan.server_name}: would be {plan.kind.moved} from {plan.source or 'its host'}"
        message += f" to {plan.expected_host or 'a host that the scheduler chooses'}."
        message += " Check mode does not predict whether a host has room and whether Nova's own checks pass."
        if other is not None:
            message += f" It would wait for {describe(other)}."
            message += f" The longest wait is {self.order.wait_for_hosts:g} s (wait_for_hosts)."
        if server.get("locked"):
            message += " The server is locked, so only administrators can migrate it."
        migration.conclude(conclude.predicted(message))

    def _report(self, tracked: list[TrackedMigration], before: str, monitor: MigrationMonitor | None = None) -> Report:
        values = summary(tracked, polls=monitor.polls if monitor else ())
        values["notifications"] = monitor.notifications() if monitor else None
        self.warnings += warnings_of(values["notifications"])
        self.warnings += monitor.warnings if monitor else []
        values["diff"] = {"before": before, "after": _diff_lines(tracked, after=True)}
        return Report(values, failed="msg" in values, warnings=self.warnings)


def _refuse(migration: TrackedMigration, error: CloudError) -> None:
    migration.conclude(conclude.refused(error))


def _obstacle(plan: MigrationPlan, server: Mapping[str, Any]) -> str | None:
    """Return the reason why Nova refuses to migrate the server. Return None if Nova accepts the migration."""
    if plan.initial_status not in plan.kind.movable:
        return f"the server is {plan.initial_status}"
    task = server.get("task_state")
    return f"the server's task state is {task}" if task else None


def _as_nova_writes(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def _status_before(server: dict[str, Any]) -> str:
    """Return the status that the server had before its migration started.

    Nova does not report this status, so the function derives it from the power state.
    """
    if server["status"] == "MIGRATING":
        return "PAUSED" if server["power_state"] == "paused" else "ACTIVE"
    if server["status"] in ("RESIZE", "VERIFY_RESIZE"):
        return "SHUTOFF" if server["power_state"] == "shutdown" else "ACTIVE"
    return str(server["status"])


def _diff_lines(tracked: list[TrackedMigration], *, after: bool = False) -> str:
    """Return one line per server with its name and compute host, for the diff mode of Ansible."""

    def host(migration: TrackedMigration) -> str:
        moves = migration.changed or migration.joined
        if after and moves and migration.outcome in (outcomes.COMPLETED, outcomes.REQUESTED, outcomes.PREDICTED):
            return (
                (migration.observation.record or {}).get("destination")
                or migration.plan.expected_host
                or "another host"
            )
        return migration.plan.source or "its host"

    return "".join(
        f"{migration.plan.server_name} ({migration.plan.server_id}) on {host(migration)}\n" for migration in tracked
    )
