# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""The steps of scenarios that migrate servers or change them. Each function makes one step and returns its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import NotFoundError
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import ATTACH_PORT, PAUSE
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline, Waiter
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as migrations
from ansible_collections.stackproof.migration.plugins.module_utils._migration.intervention import Intervention
from ansible_collections.stackproof.migration.plugins.module_utils._migration.migrate import MigrationWorkflow
from ansible_collections.stackproof.migration.plugins.module_utils._migration.monitor import MigrationMonitor
from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import (
    MigrationOrder,
    MonitorOptions,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import TrackedMigration
from ansible_collections.stackproof.migration.plugins.module_utils._neutron import ports as neutron_ports
from ansible_collections.stackproof.migration.plugins.module_utils._nova import (
    compute_services,
    lookup,
    migration_list,
    private_flavors,
    private_images,
    server_groups,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import WAITING, with_key
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import (
    COLD,
    LIVE,
    MigrationType,
    resize,
    reverted,
)
from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import Placement
from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import by_provider
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios import disabled_hosts
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.guests import verify_guests
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.step_types import (
    ABORT,
    DELETE,
    FLAVOR,
    IMAGE,
    QUEUED,
    REVERT,
    SERVER_GROUP,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.verdict import (
    StepResult,
    check,
    excluded_each_other,
    judge_checks,
    judge_migrations,
    refused_by_rule,
)
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.delete import delete_servers
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.mark import Mark

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.context import ScenarioContext

    Options = Mapping[str, Any]
    Server = dict[str, Any]

# A resize adds this amount of memory, in MiB.
MORE_RAM = 64
# Nova changes the state of a server, or attaches a port, within this time in seconds.
ACTION_SECONDS = 60.0
GROUP_CHECK = "group_policy"


# Migrations


def live_migrate(context: ScenarioContext, options: Options, result: StepResult) -> None:
    servers = context.chosen(options["servers"])
    _migrate(context, servers, LIVE, options["to"], result, may_refuse=options["may_refuse"])


def cold_migrate(context: ScenarioContext, options: Options, result: StepResult) -> None:
    kind = reverted(COLD) if options["finish"] == REVERT else COLD
    _migrate(context, context.chosen(options["servers"]), kind, options["to"], result)


def resize_servers(context: ScenarioContext, options: Options, result: StepResult) -> None:
    """Resize the servers, and compare their allocations with the flavor that they then have."""
    servers = context.chosen(options["servers"])
    wanted = context.own.flavor(context.cloud, context.flavor, more_ram=MORE_RAM)
    kind = resize(str(wanted["id"]), stays=options["same_host"], may_stay=not options["same_host"])
    reverts = options["finish"] == REVERT
    _migrate(context, servers, reverted(kind) if reverts else kind, None, result)
    if result.outcome == "passed":
        stayed = [str(one["server_name"]) for one in result.migrations if one["destination"] == one["source"]]
        if stayed and not options["same_host"]:
            result.reason = f"The scheduler kept {', '.join(stayed)} on the present host."
        flavor = context.flavor if reverts else wanted
        resized = context.chosen(options["servers"])
        judge_checks(result, [_allocation_amounts(context, server, flavor) for server in resized])
        context.flavor = flavor


def _migrate(
    context: ScenarioContext,
    servers: Sequence[Server],
    kind: MigrationType,
    to: str | None,
    result: StepResult,
    *,
    may_refuse: bool = False,
) -> None:
    """Migrate servers and set the outcome of the step. Without ``to``, no request names a host.

    If ``may_refuse`` is set, a rule may refuse all migrations but one. If the hosts refused all of them because all
    went to one host, the first server migrates again, without the others.
    """
    named = {} if to is None else context.destinations(servers, to)
    moving = [str(server["id"]) for server in servers if to is None or not named or server["id"] in named]
    found = _migrations(context, moving, kind, named)
    if may_refuse and excluded_each_other(found):
        judge_migrations(result, found, dict.fromkeys(moving, migrations.FAILED))
        if result.outcome == "passed":
            judge_migrations(result, _migrations(context, moving[:1], kind, named))
            name = next(str(server["name"]) for server in servers if server["id"] == moving[0])
            repeated = (
                f"Nova refused all migrations, because all went to one host. The step then migrated {name} alone."
            )
            result.reason = f"{repeated} {result.reason}".rstrip()
    else:
        judge_migrations(result, found, refused_by_rule(found) if may_refuse else {})
    context.refresh()
    if result.outcome == "passed" and context.server_group is not None:
        _check_group(context, result)


def _migrations(
    context: ScenarioContext, server_ids: Sequence[str], kind: MigrationType, destinations: Mapping[str, str]
) -> list[dict[str, Any]]:
    order = MigrationOrder(servers=list(server_ids), kind=kind, destinations=destinations)
    report = MigrationWorkflow(context.cloud, order, _monitor_options(context)).run()
    found: list[dict[str, Any]] = report.values["migrations"]
    return found


def _monitor_options(
    context: ScenarioContext, timeout: float | None = None, on_timeout: str = "fail"
) -> MonitorOptions:
    options = context.options
    return MonitorOptions(
        timeout=options.migrate_timeout if timeout is None else timeout,
        on_timeout=on_timeout,
        settle_timeout=options.settle_timeout,
        pace=options.pace,
    )


def _check_group(context: ScenarioContext, result: StepResult) -> None:
    """Require that the servers keep the policy of their server group."""
    policy = str(context.run.scenario.boot["policy"])
    hosts = sorted(str(server["host"]) for server in context.servers)
    different = len(set(hosts)) == len(hosts)
    kept = different if policy.endswith("anti-affinity") else len(set(hosts)) == 1
    if policy.startswith("soft-"):
        return
    expected = "different hosts" if policy == "anti-affinity" else "one host"
    judge_checks(result, [check(GROUP_CHECK, expected, hosts, ok=kept)], f"the {policy} group is broken")


def _allocation_amounts(context: ScenarioContext, server: Server, flavor: Mapping[str, Any]) -> dict[str, Any]:
    """Return the check that the server holds the resources of its flavor exactly once."""
    expected = {"VCPU": flavor["vcpus"], "MEMORY_MB": flavor["ram"]}
    held = Placement(context.cloud).allocations_of([server["id"]])
    if held is None:
        return check("allocation_amounts", expected, None, known=False)
    found: dict[str, int] = {}
    for resources in by_provider(held[server["id"]]).values():
        for name, amount in resources.items():
            if name in expected:
                found[name] = found.get(name, 0) + amount
    return check("allocation_amounts", expected, found)


# Interruptions


def interrupt(context: ScenarioContext, options: Options, result: StepResult) -> None:
    """Migrate all servers, and interrupt the migration of the last one when it has the status that is asked for."""
    servers = context.servers
    named = context.destinations(servers, "one_host")
    victim = servers[-1]
    order = MigrationOrder(servers=[server["id"] for server in servers], kind=LIVE, destinations=named, wait=False)
    started = MigrationWorkflow(context.cloud, order, _monitor_options(context)).run().values["migrations"]
    entry = next(one for one in started if one["server_id"] == victim["id"])
    if entry["migration_id"] is None:
        judge_migrations(result, started)
        return
    status = _wait_for_status(context, entry, options["when"])
    if status is None:
        result.outcome = "inconclusive"
        result.reason = f"{victim['name']}: the migration was never {options['when']}, so it was not interrupted."
        _finish(context, started, result)
        return
    others = [one for one in started if one is not entry]
    if options["action"] == DELETE:
        _delete_during_migration(context, victim, entry, result)
    else:
        _intervene(context, entry, options["action"], result)
    _finish(context, others, result)
    context.refresh()


def _wait_for_status(context: ScenarioContext, entry: Mapping[str, Any], wanted: str) -> str | None:
    """Wait until the migration is queued or runs. Return None if it passed this status."""
    statuses = WAITING if wanted == QUEUED else frozenset({"running"})
    deadline = Deadline(context.cloud.clock, context.options.migrate_timeout)
    for _poll in Waiter(context.cloud.clock, deadline, context.options.pace):
        record = with_key(migration_list.of_server(context.cloud, entry["server_id"]), entry["migration_id"])
        status = None if record is None else str(record["status"])
        if status in statuses:
            return status
        if record is None or LIVE.phase(status).value != "running" or (wanted == QUEUED and status == "running"):
            return None
    return None


def _intervene(context: ScenarioContext, entry: Mapping[str, Any], action: str, result: StepResult) -> None:
    tracked = [TrackedMigration.from_result(entry)]
    options = _monitor_options(context, timeout=0, on_timeout=action)
    found = Intervention(context.cloud, tracked, action, options, wait=True).run().values["migrations"]
    if found[0]["outcome"] == migrations.TIMEOUT:
        # Nova has accepted the action, and a busy host may need more time for it than an operator wants to wait.
        found = _wait(context, found)
    expected = {entry["server_id"]: migrations.CANCELLED} if action == ABORT else {}
    judge_migrations(result, found, expected)


def _wait(context: ScenarioContext, started: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Wait for the end of migrations that run, and return their results."""
    tracked = [TrackedMigration.from_result(entry) for entry in started]
    MigrationMonitor(context.cloud, tracked, _monitor_options(context)).run()
    return [migration.as_result() for migration in tracked]


def _finish(context: ScenarioContext, started: Sequence[Mapping[str, Any]], result: StepResult) -> None:
    """Wait for the migrations that were not interrupted. A failure of these migrations counts, too."""
    if not started:
        return
    rest = StepResult(result.step, result.text)
    judge_migrations(rest, _wait(context, started))
    result.checks += rest.checks
    result.migrations += rest.migrations
    if result.outcome == "passed" and rest.outcome != "passed":
        result.outcome, result.reason = rest.outcome, rest.reason


def _delete_during_migration(
    context: ScenarioContext, victim: Server, entry: Mapping[str, Any], result: StepResult
) -> None:
    deadline = Deadline(context.cloud.clock, context.options.delete_timeout)
    context.cloud.deadline = deadline
    deletion = delete_servers(context.cloud, [victim], deadline, context.options.pace, release_allocations=True)
    left = deletion.allocations_left
    leaked = {**(left or {}), **deletion.allocations_released}
    of_server = sorted(leaked.get(victim["id"], {}))
    of_migration = sorted({host for consumer, held in leaked.items() if consumer != victim["id"] for host in held})
    checks = [
        check("server_deleted", "deleted", "still exists" if deletion.remaining else "deleted"),
        check("server_allocations_released", [], of_server, known=left is not None),
        check("migration_allocations_released", [], of_migration, known=left is not None),
    ]
    judge_checks(result, checks, f"{victim['name']}, deleted during migration {entry['migration_number']}")


# Changes of servers and of their resources


def pause(context: ScenarioContext, options: Options, result: StepResult) -> None:
    _act(context, options, {"pause": None}, "PAUSED", result)


def unpause(context: ScenarioContext, options: Options, result: StepResult) -> None:
    _act(context, options, {"unpause": None}, "ACTIVE", result)


def _act(context: ScenarioContext, options: Options, body: Options, status: str, result: StepResult) -> None:
    servers = context.chosen(options["servers"])
    for server in servers:
        path, what = f"/servers/{server['id']}/action", f"Changing the status of {server['name']} to {status}"
        context.cloud.send("POST", path, what, need=PAUSE, json=body)

    def is_done(found: Server) -> bool:
        return found["status"] in (status, "ERROR") and found["task_state"] is None

    _wait_for_servers(context, servers, is_done)
    checks = [check("server_status", status, server["status"]) for server in context.chosen(options["servers"])]
    judge_checks(result, checks)


def _wait_for_servers(context: ScenarioContext, servers: Sequence[Server], is_done: Callable[[Server], bool]) -> None:
    ids = {server["id"] for server in servers}
    deadline = Deadline(context.cloud.clock, ACTION_SECONDS)
    for _poll in Waiter(context.cloud.clock, deadline, context.options.pace):
        context.refresh()
        if all(is_done(server) for server in context.servers if server["id"] in ids):
            return


def delete_resource(context: ScenarioContext, options: Options, result: StepResult) -> None:
    """Delete the server group, the private flavor or the private image of the scenario."""
    what = options["what"]
    if what == SERVER_GROUP and context.server_group is not None:
        server_groups.delete(context.cloud, context.server_group)
        gone = context.server_group not in {group.id for group in server_groups.listed(context.cloud)}
        context.server_group = None
    elif what == FLAVOR:
        private_flavors.delete(context.cloud, context.own_ids[FLAVOR])
        gone = context.own_ids[FLAVOR] not in {flavor["id"] for flavor in lookup.flavors(context.cloud)}
    else:
        private_images.delete(context.cloud, context.own_ids[IMAGE])
        gone = not _exists(lambda: lookup.image(context.cloud, context.own_ids[IMAGE]))
    judge_checks(result, [check(f"{what}_deleted", "deleted", "deleted" if gone else "still exists")])


def _exists(read: Callable[[], object]) -> bool:
    try:
        read()
    except NotFoundError:
        return False
    return True


def attach_port(context: ScenarioContext, options: Options, result: StepResult) -> None:
    """Create a port for each server, attach it, and require that Nova shows its address."""
    networks = context.facts.networks
    mark = Mark(context.options.mark, context.options.tags)
    servers = context.chosen(options["servers"])
    before = {server["id"]: len(server["addresses"]) for server in servers}
    for number, server in enumerate(servers, 1):
        network = lookup.network_id(context.cloud, networks[1] if len(networks) > 1 else networks[0])
        body = {"name": f"{context.batch_name}-port-{number}", "network_id": network}
        port = neutron_ports.create(context.cloud, body, mark.labels)
        request = {"interfaceAttachment": {"port_id": port.id}}
        path, what = f"/servers/{server['id']}/os-interface", f"Attaching a port to {server['name']}"
        context.cloud.send("POST", path, what, need=ATTACH_PORT, json=request)

    def is_done(found: Server) -> bool:
        return len(found["addresses"]) > before[found["id"]]

    _wait_for_servers(context, servers, is_done)
    checks = [
        check("addresses", before[server["id"]] + 1, len(server["addresses"]))
        for server in context.chosen(options["servers"])
    ]
    judge_checks(result, checks)


def disable_hosts(context: ScenarioContext, options: Options, result: StepResult) -> None:
    """Disable the compute services of the hosts of the servers."""
    del options
    reason = disabled_hosts.reason_of(context.options.mark)
    checks = []
    for host in sorted({str(server["host"]) for server in context.servers}):
        compute_services.change(context.cloud, compute_services.service_of(context.cloud, host), "disabled", reason)
        now = compute_services.service_of(context.cloud, host)
        checks.append(check("service_status", "disabled", now["status"]))
    judge_checks(result, checks)


STEPS: dict[str, Callable[[ScenarioContext, Options, StepResult], None]] = {
    "live_migrate": live_migrate,
    "cold_migrate": cold_migrate,
    "resize": resize_servers,
    "interrupt": interrupt,
    "pause": pause,
    "unpause": unpause,
    "delete": delete_resource,
    "attach_port": attach_port,
    "disable_hosts": disable_hosts,
    "verify_guests": verify_guests,
}
