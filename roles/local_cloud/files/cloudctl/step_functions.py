# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The functions of the steps of a start.

Each function returns a progress message, or None if it had nothing to do.
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

from . import access, install, reads
from .api import MAPPED, Api, ApiError, ConflictError, missing
from .errors import CloudError, with_log
from .schema import REGION, schemas
from .settings import digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .runner import Runner
    from .schema import Schema
    from .services import Services
    from .settings import Settings
    from .store import State

# This key marks a step that was started but not completed.
BEGUN = "begun"
# The state file stores hashes of the configuration of the running programs under this key.
READS = "reads"
# The state file stores the hash of the lock file under this key.
INSTALLED = "install"
INSIDE = Path(__file__).parent / "inside"
KEPT = ("rabbitmq", "mariadb-tmp", "glance", "nova", "neutron", "keystone")


@dataclasses.dataclass(frozen=True)
class Work:
    """The objects that all functions of this module use."""

    settings: Settings
    runner: Runner
    services: Services
    state: State
    secrets: dict[str, str]

    @functools.cached_property
    def api(self) -> Api:
        """The client for the APIs, with the credentials of the administrator."""
        return Api(self.settings.ports, access.auth(self.settings, self.secrets, "admin", "admin"))

    @property
    def transport_url(self) -> str:
        """The URL of RabbitMQ with its password."""
        return f"rabbit://openstack:{self.secrets['rabbitmq']}@127.0.0.1:{self.settings.ports['rabbitmq']}/"

    def inside(
        self, program: str, order: dict[str, Any], what: str, log: str, watch: Callable[[], None] | None = None
    ) -> None:
        """Run a script with the Python of the cloud. ``order`` is its input."""
        command = [str(self.settings.layout.python), str(INSIDE / f"{program}.py")]
        self.runner.run(what, command, log=log, text_in=json.dumps(order), watch=watch)

    def admin_order(self, **more: object) -> dict[str, Any]:
        """Return the input of a script that sends requests as administrator."""
        return {**access.admin_order(self.settings, self.secrets), **more}


def install_openstack(work: Work) -> str | None:
    """Install OpenStack if the lock file or the Python interpreter has changed."""
    key = work.settings.lock_key()
    if work.state.has(INSTALLED, key):
        return None
    work.state.record(INSTALLED, None)
    install.install(work.settings, work.runner)
    work.state.record(INSTALLED, key)
    return f"OpenStack {work.settings.release['name']} installed from its lock file"


def configure(work: Work) -> None:
    """Write the configuration files if the cloud is stopped."""
    if work.services.supervisor.alive():
        return
    write_configuration(work)
    work.state.record(READS, reads.digests(work.settings))


def write_configuration(work: Work) -> None:
    """Write the configuration files, and copy the files of the hypervisor."""
    settings, layout = work.settings, work.settings.layout
    install.put_hypervisor(settings)
    for folder in (*settings.hosts, *(f"{host}/instances" for host in settings.hosts), *KEPT):
        (layout.lib / folder).mkdir(mode=0o700, exist_ok=True)
    if settings.hypervisor["certificates"]:
        order = {"etc": str(layout.etc), "addresses": settings.addresses}
        work.inside("certificates", order, what="making certificates", log="configure")
        work.inside("ssh_keys", order, what="making SSH keys", log="configure")
    places = ("etc", "lib", "log", "run", "venv", "process_dir", "database_socket", "faults")
    context = {
        **{name: str(getattr(layout, name)) for name in places},
        "user": pwd.getpwuid(os.getuid()).pw_name,
        "secrets": work.secrets,
        "ports": settings.ports,
        "transport_url": work.transport_url,
        "region": REGION,
        "hosts": [
            {"host": host, "address": address, "identity": settings.identity_of(host)}
            for host, address in settings.addresses.items()
        ],
        "addresses": settings.addresses,
        "live_migrations_per_host": settings.live_migrations_per_host,
        "databases": [name for schema in _schemas(work).values() for name in schema.databases],
        "release": settings.release,
        "hypervisor_dir": str(settings.hypervisor_dir),
        "hypervisor_settings": settings.hypervisor_settings,
        "host_ports": settings.hypervisor["host_ports"],
        "mariadbd": settings.mariadbd,
        "rabbitmq_server": settings.rabbitmq_server,
        "debug": settings.debug,
    }
    work.inside("render", context, what="writing the configuration", log="configure")


def prepare_database(work: Work) -> str | None:
    """Create an empty data folder for MariaDB."""
    data = work.settings.layout.lib / "mariadb"
    if work.state.has("database", "made"):
        return None
    shutil.rmtree(data, ignore_errors=True)
    command = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db"]
    command += ["--auth-root-authentication-method=normal", "--innodb-flush-method=nosync"]
    if os.getuid() == 0:
        command.append("--user=root")
    work.runner.run("mariadb-install-db", command, log="mariadb-install")
    work.state.record("database", "made")
    return "data folder of MariaDB created"


def supervise(work: Work) -> None:
    work.services.supervise()


def start_database(work: Work) -> str | None:
    """Start MariaDB."""
    return "MariaDB up" if work.services.bring_up("mariadb", work.services.database_works) else None


def start_messaging(work: Work) -> str | None:
    """Start RabbitMQ and epmd, the name service that it requires."""
    services = work.services
    services.bring_up("epmd", lambda: services.listens("epmd"))
    return "RabbitMQ up" if services.bring_up("rabbitmq", lambda: services.listens("rabbitmq")) else None


def start_api(work: Work, name: str) -> str | None:
    port = work.settings.ports[name]
    begun = work.services.bring_up(name, lambda: work.services.answers(name))
    return f"{name} responds on port {port}" if begun else None


def start_consumer(work: Work, program: str, queue: str) -> str | None:
    """Start a service, and wait until it consumes messages from its queue."""
    begun = not work.services.running(program)
    work.services.start(program)
    # The step also waits for a running service, because an interrupted start may not have waited for it.
    url = work.transport_url.replace("rabbit://", "amqp://")
    order = {"url": url, "queue": queue, "timeout": work.settings.start_timeout}
    work.inside("consumer", order, program, f"wait-{program}", lambda: work.services.require_alive(program))
    return f"{program} up" if begun else None


def start_quietly(work: Work, *programs: str) -> None:
    """Start programs. A later step waits until they are ready."""
    work.services.start(*programs)


def migrate(work: Work, service: str) -> str | None:
    """Create or upgrade the database tables of a service."""
    step, key = f"schema-{service}", f"{work.settings.lock_key()}-{work.settings.port_base}"
    if work.state.has(step, key):
        return None
    schema = _schemas(work)[service]
    if work.state.has(step, BEGUN):
        root = {"socket": str(work.settings.layout.database_socket), "password": work.secrets["database_root"]}
        work.inside("databases", {**root, "databases": schema.databases}, f"emptying {service}'s databases", step)
    elif work.state.has(step, None):
        work.state.record(step, BEGUN)
    work.inside("manage", schema.order(work.settings), f"{schema.script} (tables of {service})", step)
    work.state.record(step, key)
    return f"{service}: tables created"


def _schemas(work: Work) -> dict[str, Schema]:
    owner = (pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name)
    return schemas(work.settings, work.secrets, owner)


def make_identity(work: Work) -> str | None:
    """Create users, services and endpoints."""
    order = access.identity_order(work.settings, work.secrets)
    return _once(work, "identity", order, "users, services and endpoints")


def make_resources(work: Work) -> str | None:
    """Create images and flavors."""
    settings = work.settings
    guest = settings.guest_file.read_text(encoding="utf-8")
    order = work.admin_order(guest=guest, guests=list(settings.guests), flavors=list(settings.flavors))
    return _once(work, "resources", order, "images and flavors")


def _once(work: Work, program: str, order: dict[str, Any], what: str) -> str | None:
    """Run a script if it has not already run with the same input."""
    key = digest(json.dumps(order, sort_keys=True).encode())
    if work.state.has(program, key):
        return None
    work.inside(program, order, what, program)
    work.state.record(program, key)
    return f"{what} created"


def configure_mappers(work: Work) -> None:
    """Wait until Neutron can list networks.

    Before this time, requests for ports or servers may fail with HTTP 500.
    """

    def problem() -> str:
        work.api.get("neutron", "/v2.0/networks")
        return ""

    _until_no(problem, work, "neutron", lambda: "neutron")


def await_hosts(work: Work) -> str:
    """Wait until every compute host is up, mapped to the cell, and registered in Placement."""
    hosts = work.settings.hosts
    programs = [program for host in hosts for program in work.settings.programs_of(host)]
    lacks: dict[str, list[str]] = {}

    def problem() -> str:
        work.services.require_alive(*programs)
        started = work.services.supervisor.started_at()
        lacks.clear()
        lacks.update(missing(work.api, {host: started.get(f"nova-{host}", 0) for host in hosts}))
        return "; ".join(f"{host} lacks {' and '.join(what)}" for host, what in lacks.items())

    def at_fault() -> str:
        # nova-compute creates the record of the hypervisor, and nova-scheduler maps it to the cell.
        mapping = all(what == [MAPPED] for what in lacks.values())
        return "nova-scheduler" if mapping else f"nova-{next(iter(lacks))}"

    _until_no(problem, work, "the compute hosts", at_fault)
    return f"{', '.join(hosts)}: up, mapped to the cell, known to Placement"


def forget_hosts(work: Work) -> str | None:
    """Remove compute hosts that the settings no longer contain, with their services and files."""
    gone = {host: key for host, key in work.api.compute_services().items() if host not in work.settings.hosts}
    for host, service_id in sorted(gone.items()):
        try:
            work.api.remove_compute_service(service_id)
        except ConflictError as error:
            msg = (
                f"{host} was stopped, but Nova refuses to remove it: {error} Start the cloud with "
                f"local_cloud_hosts={host.removeprefix('compute')} or more, migrate or delete the servers of the host, "
                f"and remove the host again."
            )
            raise CloudError(msg) from error
    for folder in (work.settings.layout.lib, work.settings.layout.etc):
        for left in folder.glob("compute*"):
            if left.name not in work.settings.hosts:
                # A new host with the same name must not use these files.
                shutil.rmtree(left)
    return f"{', '.join(sorted(gone))}: removed" if gone else None


def _until_no(problem: Callable[[], str], work: Work, what: str, at_fault: Callable[[], str]) -> None:
    """Poll until ``problem`` returns an empty text. API errors are also problems."""
    found = ""

    def none_left() -> bool:
        nonlocal found
        try:
            found = problem()
        except ApiError as error:
            found = str(error)
        return not found

    def too_late() -> str:
        message = f"Timed out (local_cloud_start_timeout) before {what} could be used: {found}."
        return with_log(message, work.settings.layout.log_of(at_fault()))

    work.runner.wait_for(what, none_left, work.settings.start_timeout, too_late)
