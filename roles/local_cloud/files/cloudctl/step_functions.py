# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps that start a local cloud.

Each function returns a progress message, or None if it changed nothing.
"""

from __future__ import annotations

import dataclasses
import functools
import grp
import json
import os
import pwd
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import (
    access,
    ceph,
    config_hashes,
    database,
    install,
    install_sources,
    networks,
    notifications,
    source_changes,
    upgrade,
    volumes,
)
from .api import MAPPED, Api, ApiError, ConflictError, missing_parts
from .errors import CloudError, with_log
from .schema import REGION, schemas
from .settings import DRIVER_FOLDERS, NO_NETWORKS, NO_VOLUMES, OVN_DATABASES, OVN_PROGRAMS
from .store import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .runner import Runner
    from .schema import Schema
    from .services import Services
    from .settings import Settings
    from .store import State

# In the state file, this key marks a step that was started but not completed.
STARTED = "begun"
# In the state file, this key contains the hashes of the configuration files.
CONFIG_HASHES = "reads"
# In the state file, this key contains the kind of the volumes.
VOLUMES = "volumes"
# In the state file, this key contains the kind of the networks.
NETWORKS = "networks"
# In the state file, this key tells whether the database of OVN contains the networks of Neutron.
OVN_COMPLETE = "ovn-complete"
# In the state file, this key contains the release whose upgrade check has passed. A new cloud needs no check.
CHECKED = "checked-release"
# Alembic prints this text if the database has a revision that the source tree does not contain.
UNKNOWN_REVISION = "Can't locate revision"
# The API reports only when a service was last changed. A nova-compute with a new release changes its version before its
# first heartbeat.
HEARTBEATS_QUERY = (
    "SELECT host, TIMESTAMPDIFF(SECOND, '1970-01-01', last_seen_up) FROM nova.services "
    "WHERE `binary` = 'nova-compute' AND deleted = 0 AND last_seen_up IS NOT NULL"
)
# config/supervisord.conf.j2 contains the same name.
NODE = "local-cloud@localhost"
VENV_SCRIPTS = Path(__file__).parent / "venv_scripts"
DATA_FOLDERS = ("rabbitmq", "mariadb-tmp", "glance", "nova", "neutron", "keystone", "cinder", "volumes", "ovn")


@dataclasses.dataclass(frozen=True)
class StepContext:
    """The settings, programs and services that the start of a local cloud uses."""

    settings: Settings
    runner: Runner
    services: Services
    state: State
    secrets: dict[str, str]
    print_progress: Callable[[str], None]

    @functools.cached_property
    def api(self) -> Api:
        return Api(self.settings.ports, access.auth(self.settings, self.secrets, "admin", "admin"))

    @property
    def transport_url(self) -> str:
        """The URL of RabbitMQ with its password."""
        return f"rabbit://openstack:{self.secrets['rabbitmq']}@127.0.0.1:{self.settings.ports['rabbitmq']}/"

    def schema(self, service: str) -> Schema:
        """Return the database commands of a service."""
        return _schemas(self)[service]

    def run_venv_script(
        self,
        program: str,
        order: dict[str, Any],
        what: str,
        log: str,
        watch: Callable[[], None] | None = None,
        service: str = "",
    ) -> None:
        """Run a script with the Python of the local cloud.

        ``order`` is the JSON input of the script. With the name of a ``service``, the script uses its source tree.
        """
        command = [str(self.settings.layout.python), str(VENV_SCRIPTS / f"{program}.py")]
        # Scripts import other files of the package cloudctl.
        folders = (VENV_SCRIPTS.parents[1], *self.settings.source_path(service))
        environment = {"PYTHONPATH": os.pathsep.join(map(str, folders))}
        self.runner.run(what, command, log=log, extra_env=environment, text_in=json.dumps(order), watch=watch)

    def admin_order(self, **more: object) -> dict[str, Any]:
        """Return the input for a script that sends requests as administrator."""
        return {**access.admin_order(self.settings, self.secrets), **more}


def install_openstack(context: StepContext) -> str | None:
    """Install each release of OpenStack that the cloud needs and that no other cloud has installed before.

    If the cloud has volumes, the environment of the controllers also contains Cinder.
    """
    settings = context.settings
    installed = [
        install.install(
            environment,
            settings.layout.lib / "install",
            context.runner,
            context.print_progress,
            volumes=settings.has_volumes and environment == settings.environment,
        )
        for environment in settings.environments.values()
    ]
    _link_environment(context)
    names = " and ".join(filter(None, installed))
    return f"{names} installed from the lock files" if names else None


def _link_environment(context: StepContext) -> None:
    """Let the link of the cloud lead to the environment of the controllers."""
    link, target = context.settings.layout.venv, context.settings.environment.path
    if link.is_dir() and not link.is_symlink():
        shutil.rmtree(link)  # an earlier version of this collection installed OpenStack here
    temporary = link.with_name(f"{link.name}.new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)


def record_volumes(context: StepContext) -> None:
    """Record the kind of the volumes. Raise CloudError if the cloud has volumes of another kind."""
    require_volumes_kept(context)
    context.state.record(VOLUMES, context.settings.volumes)


def require_volumes_kept(context: StepContext) -> None:
    """Raise CloudError if the cloud has volumes, and the settings do not keep them."""
    settings, stored = context.settings, context.state.get(VOLUMES)
    has_tables = context.state.get("schema-cinder") not in {None, STARTED}
    if has_tables and stored not in {None, NO_VOLUMES, settings.volumes}:
        volumes.require_none(settings, context.secrets["database_root"], stored)


def record_networks(context: StepContext) -> None:
    """Record the kind of the networks. Raise CloudError if servers have ports, and the settings do not keep them."""
    require_ports_kept(context)
    if context.state.get(NETWORKS) is None or not context.settings.has_ovn:
        # Neutron writes to OVN from the beginning, or changes its networks without OVN.
        context.state.record(OVN_COMPLETE, context.settings.has_ovn)
    context.state.record(NETWORKS, context.settings.networks)


def require_ports_kept(context: StepContext) -> None:
    """Raise CloudError if servers have ports, and the settings do not keep them."""
    settings, stored = context.settings, context.state.get(NETWORKS)
    has_tables = context.state.get("schema-neutron") not in {None, STARTED}
    if has_tables and stored not in {None, NO_NETWORKS, settings.networks}:
        networks.require_no_ports(settings, context.secrets["database_root"], stored)


def configure(context: StepContext) -> None:
    """Write the configuration files if the cloud is stopped."""
    if context.services.supervisor.is_running():
        return
    write_configuration(context)
    source_changes.forget_imports(context.settings, context.settings.programs)
    source_changes.store_snapshots(context.settings)
    context.state.record(CONFIG_HASHES, config_hashes.digests(context.settings))


def write_configuration(context: StepContext) -> None:
    """Write the configuration files of the local cloud."""
    settings, layout = context.settings, context.settings.layout
    install.install_hypervisor_files(settings)
    install_sources.install_sources(settings)
    for folder in (*settings.hosts, *(f"{host}/instances" for host in settings.hosts), *DATA_FOLDERS):
        (layout.lib / folder).mkdir(mode=0o700, exist_ok=True)
    if settings.hypervisor["certificates"]:
        order = {"etc": str(layout.etc), "addresses": settings.migration_addresses}
        context.run_venv_script("certificates", order, what="making certificates", log="configure")
        order = {"etc": str(layout.etc), "addresses": settings.addresses}
        context.run_venv_script("ssh_keys", order, what="making SSH keys", log="configure")
    places = ("etc", "lib", "log", "run", "process_dir", "database_socket", "faults", "drivers")
    variables = {
        **{name: str(getattr(layout, name)) for name in places},
        # A unit restarts with another environment, if its command contains the path of the environment. The programs of
        # a host other than nova-compute use the link, because a restart of them would stop the guests.
        "linked_venv": str(layout.venv),
        "venv": str(settings.environment.path),
        "overlays": {name: settings.overlay(name) for name in settings.programs},
        "user": pwd.getpwuid(os.getuid()).pw_name,
        "secrets": context.secrets,
        "ports": settings.ports,
        "transport_url": context.transport_url,
        "region": REGION,
        "hosts": [
            {
                "host": host,
                "address": address,
                "migration_address": settings.migration_addresses[host],
                "tunnel_address": settings.tunnel_addresses[host],
                "identity": settings.uuid_of(host),
                "venv": str(settings.environment_of(host).path),
            }
            for host, address in settings.addresses.items()
        ],
        "addresses": settings.addresses,
        "live_migrations_per_host": settings.live_migrations_per_host,
        "same_host_resize": settings.same_host_resize,
        "api_workers": settings.api_workers,
        "databases": [name for schema in _schemas(context).values() for name in schema.databases],
        "release": settings.release,
        "upgrade_level": settings.upgrade_level,
        "wsgi": settings.wsgi,
        "paste_files": {str(settings.paste_file(name)): target for name, target in settings.paste_files.items()},
        "absent_services": access.absent_services(settings),
        "volumes": settings.volumes,
        "ceph": {
            "fsid": settings.uuid_of("ceph"),
            "address": settings.ceph_address,
            "port": ceph.MONITOR_PORT,
            "pool": ceph.POOL,
            "key": ceph.key_of(context.secrets["ceph"]),
        },
        "networks": settings.networks,
        "guest_namespace": str(layout.guest_namespace),
        "guest_gateway": networks.gateway(layout),
        "guest_bridges": ["hosts", "guests", *(["tunnels"] if settings.has_ovn else [])],
        "hypervisor_dir": str(settings.hypervisor_dir),
        "hypervisor_settings": settings.hypervisor_settings,
        "qemu_files": settings.qemu_files,
        "host_ports": settings.hypervisor["host_ports"],
        "mariadbd": settings.mariadbd,
        "rabbitmq_server": settings.rabbitmq_server,
        "debug": settings.debug,
        "notifications": settings.notifications,
    }
    context.run_venv_script("render", variables, what="writing the configuration", log="configure")


def prepare_database(context: StepContext) -> str | None:
    """Create an empty data folder for MariaDB."""
    data = context.settings.layout.lib / "mariadb"
    if context.state.has("database", "made"):
        return None
    shutil.rmtree(data, ignore_errors=True)
    command = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db"]
    command += ["--auth-root-authentication-method=normal", "--innodb-flush-method=nosync"]
    if os.getuid() == 0:
        command.append("--user=root")
    context.runner.run("mariadb-install-db", command, log="mariadb-install")
    context.state.record("database", "made")
    return "data folder of MariaDB created"


def start_supervisord(context: StepContext) -> None:
    context.services.start_supervisord()


def start_database(context: StepContext) -> str | None:
    """Start MariaDB."""
    return "MariaDB up" if context.services.start_and_wait("mariadb", context.services.database_ready) else None


def start_messaging(context: StepContext) -> str | None:
    """Start the message broker RabbitMQ, and the name service epmd that RabbitMQ requires."""
    services = context.services
    services.start_and_wait("epmd", lambda: services.accepts_connections("epmd"))
    return (
        "RabbitMQ up" if services.start_and_wait("rabbitmq", lambda: services.accepts_connections("rabbitmq")) else None
    )


def create_notification_user(context: StepContext) -> str | None:
    """Create or delete the RabbitMQ user that may read notifications, as the settings require."""
    step, password = "notification user", context.secrets[notifications.USER]
    if not context.settings.notifications:
        if context.state.has(step, None):
            return None
        _rabbitmqctl(context, "removing the user of RabbitMQ", "delete_user", notifications.USER)
        context.state.record(step, None)
        return "user of RabbitMQ for notifications removed"
    text = json.dumps(notifications.definitions(password), sort_keys=True)
    key = digest(text.encode())
    if context.state.has(step, key):
        return None
    _rabbitmqctl(context, "creating the user of RabbitMQ", "import_definitions", text_in=text)
    context.state.record(step, key)
    return "user of RabbitMQ for notifications created"


def _rabbitmqctl(context: StepContext, what: str, *arguments: str, text_in: str | None = None) -> None:
    """Run rabbitmqctl. The folder HOME contains the cookie of Erlang, with which rabbitmqctl authenticates."""
    settings = context.settings
    environment = {
        "HOME": str(settings.layout.lib / "rabbitmq"),
        "RABBITMQ_NODENAME": NODE,
        "RABBITMQ_CONF_ENV_FILE": os.devnull,
        "ERL_EPMD_PORT": str(settings.ports["epmd"]),
    }
    program = str(Path(settings.rabbitmq_server).with_name("rabbitmqctl"))
    command = [program, "--quiet", *arguments]
    context.runner.run(what, command, log="rabbitmqctl", extra_env=environment, text_in=text_in)


def start_api(context: StepContext, name: str) -> str | None:
    port = context.settings.ports[name]
    started = context.services.start_and_wait(name, lambda: context.services.api_responds(name))
    return f"{name} responds on port {port}" if started else None


def start_consumer(context: StepContext, program: str, queue: str) -> str | None:
    """Start an OpenStack service, and wait until it receives messages from its queue in RabbitMQ."""
    started = not context.services.running(program)
    context.services.start(program)
    # A service that already runs may not be ready, because an earlier start was interrupted.
    url = context.transport_url.replace("rabbit://", "amqp://")
    order = {"url": url, "queue": queue, "timeout": context.settings.start_timeout}
    context.run_venv_script(
        "consumer", order, program, f"wait-{program}", lambda: context.services.require_alive(program)
    )
    return f"{program} up" if started else None


def start_network_programs(context: StepContext) -> None:
    """Start the programs that connect the compute hosts. If they did not run, the hosts must start again."""
    programs, services = context.settings.network_programs, context.services
    if services.running(*programs):
        return
    services.supervisor.stop({name for host in context.settings.hosts for name in context.settings.programs_of(host)})
    services.start(*programs)


def start_ovn(context: StepContext) -> str | None:
    """Start the databases of OVN, and the program that connects them."""
    settings, services = context.settings, context.services
    if not settings.has_ovn:
        return None
    started = not services.running(*OVN_PROGRAMS)
    for name in OVN_DATABASES:
        services.start_and_wait(name, functools.partial(services.database_listens, name))
        # For example ovn-nbctl. The command creates the first row of the database.
        program, remote = f"{name}ctl", f"--db=unix:{settings.layout.ovsdb_socket(name)}"
        context.runner.run(f"{program} init", [program, remote, "init"], log="ovn")
    services.start(*OVN_PROGRAMS)
    if not context.state.get(OVN_COMPLETE):
        # Neutron has networks that it has created without OVN.
        etc = settings.layout.etc / "neutron"
        command = [str(settings.environment.path / "bin" / "neutron-ovn-db-sync-util")]
        command += ["--config-file", str(etc / "neutron.conf"), "--config-file", str(etc / "ml2_conf.ini")]
        what = "writing the networks of Neutron to OVN"
        folders = (settings.layout.drivers / DRIVER_FOLDERS["neutron"], *settings.source_path("neutron"))
        drivers = {"PYTHONPATH": os.pathsep.join(map(str, folders))}
        command += ["--ovn-neutron_sync_mode", "repair"]
        context.runner.run(what, command, log="ovn", extra_env=drivers)
        context.state.record(OVN_COMPLETE, True)
    return "OVN up" if started else None


def start_without_waiting(context: StepContext, *programs: str) -> None:
    """Start programs, but do not wait until they are ready."""
    context.services.start(*programs)


def migrate(context: StepContext, service: str) -> str | None:
    """Create or upgrade the database tables of an OpenStack service."""
    step, key = f"schema-{service}", f"{context.settings.environment.key}-{context.settings.port_base}"
    if (tree := context.settings.source_tree(service)) is not None:
        key = f"{key}-{tree.schema_hash}"
    if context.state.has(step, key):
        return None
    is_new = context.state.get(step) in {None, STARTED}
    schema = context.schema(service)
    if context.state.has(step, STARTED):
        root = {"socket": str(context.settings.layout.database_socket), "password": context.secrets["database_root"]}
        context.run_venv_script(
            "databases", {**root, "databases": schema.databases}, f"emptying {service}'s databases", step
        )
    elif context.state.has(step, None):
        context.state.record(step, STARTED)
    what = f"{schema.script} (tables of {service})"
    try:
        context.run_venv_script("manage", schema.order(context.settings), what, step, service=service)
    except CloudError as error:
        if tree is None or UNKNOWN_REVISION not in str(error):
            raise
        # The script extensions/bisect/regression_bisect.py recognizes this text.
        problem = f"The database of {service} may have newer tables than the source tree {tree.path}."
        msg = f"{problem} Remove the cloud with local_cloud_state=absent, and start it again.\n{error}"
        raise CloudError(msg) from error
    context.state.record(step, key)
    return f"{service}: tables {'created' if is_new else 'upgraded'}"


def _schemas(context: StepContext) -> dict[str, Schema]:
    owner = (pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name)
    return schemas(context.settings, context.secrets, owner)


def needs_upgrade_check(context: StepContext) -> bool:
    """Return whether this start upgrades the controllers, and the check of the new release has not yet passed."""
    has_tables = context.state.get("schema-nova") not in {None, STARTED}
    return has_tables and context.state.get(CHECKED) not in {None, context.settings.release["name"]}


def check_upgrade(context: StepContext) -> str:
    """Run Nova's upgrade check before Nova starts with the new release."""
    checks = upgrade.check(context, ["nova"])
    context.state.record(CHECKED, context.settings.release["name"])
    return f"nova-status upgrade check: {upgrade.results(checks)}"


def create_identity(context: StepContext) -> str | None:
    """Create users, services and endpoints."""
    order = access.identity_order(context.settings, context.secrets)
    return _run_script_once(context, "identity", order, "users, services and endpoints")


def create_resources(context: StepContext) -> str | None:
    """Create images and flavors. If servers can have ports, also create a network."""
    settings = context.settings
    guest = settings.guest_file.read_text(encoding="utf-8")
    order = context.admin_order(
        guest=guest, guests=list(settings.guests), flavors=list(settings.flavors), networks=networks.order(settings)
    )
    what = "images, flavors and a network" if settings.has_networks else "images and flavors"
    return _run_script_once(context, "resources", order, what)


def _run_script_once(context: StepContext, program: str, order: dict[str, Any], what: str) -> str | None:
    """Run a Python script, but only if it has not already run with the same input."""
    key = digest(json.dumps(order, sort_keys=True).encode())
    if context.state.has(program, key):
        return None
    context.run_venv_script(program, order, what, program)
    context.state.record(program, key)
    return f"{what} created"


def wait_for_neutron(context: StepContext) -> None:
    """Wait until Neutron can list networks.

    Before this time, requests for ports or servers may fail with HTTP 500.
    """

    def problem() -> str:
        context.api.get("neutron", "/v2.0/networks")
        return ""

    _wait_until_solved(problem, context, "neutron", lambda: "neutron")


def wait_for_registration(context: StepContext, hosts: Sequence[str]) -> None:
    """Wait until Nova knows the compute services of these hosts.

    Nova refuses a new compute service that is older than all others (``ServiceTooOld`` in ``nova/exception.py``). So
    the hosts of older releases must register first.
    """

    def problem() -> str:
        context.services.require_alive(*(f"nova-{host}" for host in hosts))
        missing = set(hosts) - context.api.compute_services().keys()
        return f"no compute service of {', '.join(sorted(missing))}" if missing else ""

    _wait_until_solved(problem, context, "newer compute hosts", lambda: f"nova-{hosts[0]}")


def wait_for_hosts(context: StepContext) -> str:
    """Wait until every compute host is up, mapped to the cell, and registered in Placement."""
    hosts = context.settings.hosts
    programs = [program for host in hosts for program in context.settings.programs_of(host)]
    missing: dict[str, list[str]] = {}

    def problem() -> str:
        context.services.require_alive(*programs)
        started = context.services.supervisor.started_at()
        missing.clear()
        missing.update(
            missing_parts(
                context.api,
                {host: started.get(f"nova-{host}", 0) for host in hosts},
                database.counts(
                    context.settings, context.secrets["database_root"], HEARTBEATS_QUERY, "heartbeats of the hosts"
                ),
                with_agents=context.settings.has_ovn,
            )
        )
        return "; ".join(f"{host} lacks {' and '.join(what)}" for host, what in missing.items())

    def failed_program() -> str:
        # nova-compute registers the hypervisor in the database, and nova-scheduler assigns the hypervisor to a cell.
        mapping = all(what == [MAPPED] for what in missing.values())
        return "nova-scheduler" if mapping else f"nova-{next(iter(missing))}"

    _wait_until_solved(problem, context, "the compute hosts", failed_program)
    return f"{', '.join(hosts)}: up, mapped to the cell, known to Placement"


def remove_hosts(context: StepContext) -> str | None:
    """Remove the compute hosts that the settings no longer contain. Also remove their services and files."""
    removed = {host: key for host, key in context.api.compute_services().items() if host not in context.settings.hosts}
    for host, service_id in sorted(removed.items()):
        try:
            context.api.remove_compute_service(service_id)
        except ConflictError as error:
            msg = (
                f"{host} was stopped, but Nova refuses to remove it: {error} Start the cloud with "
                f"local_cloud_hosts={host.removeprefix('compute')} or more, migrate or delete the servers of the host, "
                f"and remove the host again."
            )
            raise CloudError(msg) from error
    for folder in (context.settings.layout.lib, context.settings.layout.etc):
        for folder_entry in folder.glob("compute*"):
            if folder_entry.name not in context.settings.hosts:
                # Delete the files of removed hosts. A new host may have the same name.
                shutil.rmtree(folder_entry)
    return f"{', '.join(sorted(removed))}: removed" if removed else None


def _wait_until_solved(
    problem: Callable[[], str], context: StepContext, what: str, failed_program: Callable[[], str]
) -> None:
    """Wait until ``problem()`` returns an empty string without an API error."""
    found = ""

    def solved() -> bool:
        nonlocal found
        try:
            found = problem()
        except ApiError as error:
            found = str(error)
        return not found

    def timeout_message() -> str:
        message = f"Timed out (local_cloud_start_timeout) before {what} could be used: {found}."
        return with_log(message, context.settings.layout.log_of(failed_program()))

    context.runner.wait_for(what, solved, context.settings.start_timeout, timeout_message)
