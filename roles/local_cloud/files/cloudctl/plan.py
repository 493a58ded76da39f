# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps that start a local cloud, and their order."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from . import ceph, step_functions
from .graph import Step
from .settings import VOLUME_PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SERVICES = ("keystone", "placement", "glance", "neutron", "nova")
CINDER = "cinder"


def steps(context: step_functions.StepContext) -> list[Step]:
    """Return the steps that start a local cloud."""

    def step(name: str, run: Callable[[step_functions.StepContext], str | None], *needs: str) -> Step:
        return Step(name, functools.partial(run, context), needs)

    def api(name: str, *needs: str) -> Step:
        return step(f"{name} API", functools.partial(step_functions.start_api, name=name), f"{name} tables", *needs)

    def consumer(program: str, queue: str, *needs: str) -> Step:
        return step(program, functools.partial(step_functions.start_consumer, program=program, queue=queue), *needs)

    def background(name: str, programs: Sequence[str], *needs: str) -> Step:
        return Step(name, functools.partial(step_functions.start_without_waiting, context, *programs), needs)

    hosts = {host: context.settings.programs_of(host) for host in context.settings.hosts}
    computes = [programs[-1] for programs in hosts.values()]
    by_release = context.settings.hosts_by_release
    registrations = {f"registration of {', '.join(names)}": names for names in by_release[:-1]}
    volumes = [CINDER] if context.settings.has_volumes else []
    # Nova starts with a new release only after the check of this release. The check needs other APIs.
    checks = ["nova upgrade check"] if step_functions.needs_upgrade_check(context) else []
    storage = ["Ceph"] if context.settings.storage_programs else []
    return [
        step("MariaDB data", step_functions.prepare_database),
        step("install", step_functions.install_openstack),
        step("configuration", step_functions.configure, "install"),
        step("supervisord", step_functions.start_supervisord, "configuration"),
        step("MariaDB", step_functions.start_database, "supervisord", "MariaDB data"),
        *(
            step(f"{name} tables", functools.partial(step_functions.migrate, service=name), "MariaDB")
            for name in (*SERVICES, *volumes)
        ),
        step("volumes", step_functions.record_volumes, "MariaDB"),
        step("networks", step_functions.record_networks, "MariaDB"),
        step("RabbitMQ", step_functions.start_messaging, "supervisord"),
        step("notification user", step_functions.create_notification_user, "RabbitMQ"),
        api("keystone"),
        step("OVN", step_functions.start_ovn, "supervisord", "neutron tables", "networks"),
        step("identity", step_functions.create_identity, "keystone API", "volumes", "networks"),
        # nova-conductor and Placement fail if their users do not exist in Keystone.
        consumer("nova-conductor", "conductor", "nova tables", "identity", "RabbitMQ", *checks),
        api("placement", "identity"),
        api("nova", "identity", *checks),
        consumer("nova-scheduler", "scheduler", "nova tables", "identity", "RabbitMQ", "placement API", *checks),
        *(
            step(
                name, step_functions.check_upgrade, "nova tables", "placement API", *(f"{item} API" for item in volumes)
            )
            for name in checks
        ),
        # Start the Glance and Neutron APIs after nova-conductor, because the conductor then starts faster.
        api("glance", "identity", "nova-conductor"),
        api("neutron", "identity", "nova-conductor", "OVN"),
        *(api(name, "identity", *([] if checks else ["nova-conductor"])) for name in volumes),
        *(step("Ceph data", ceph.prepare, "configuration") for _ in storage),
        *(step(name, ceph.start, "Ceph data", "supervisord") for name in storage),
        # The program starts cinder-scheduler first, so both run when it receives messages for cinder-volume.
        *(
            consumer(program, "cinder-volume", "cinder tables", "identity", "RabbitMQ", "nova-conductor", *storage)
            for program in ([VOLUME_PROGRAM] if volumes else [])
        ),
        # nova-compute requires the other programs of its host, such as libvirtd.
        step("switch", step_functions.start_network_programs, "supervisord"),
        *(background(host, programs[:-1], "switch") for host, programs in hosts.items()),
        # nova-compute waits 10 s if it starts before nova-conductor. The step "switch" may stop it.
        *(
            background(f"nova-{host}", [f"nova-{host}"], "nova-conductor", "switch", *older)
            for hosts_of_release, older in zip(by_release, ([], *([name] for name in registrations)), strict=True)
            for host in hosts_of_release
        ),
        *(
            step(
                name,
                functools.partial(step_functions.wait_for_registration, hosts=hosts_of_release),
                "nova API",
                *(f"nova-{host}" for host in hosts_of_release),
            )
            for name, hosts_of_release in registrations.items()
        ),
        step("neutron mappers", step_functions.wait_for_neutron, "neutron API"),
        step(
            "resources",
            step_functions.create_resources,
            "nova API",
            "glance API",
            *(["neutron mappers"] if context.settings.has_networks else []),
        ),
        step(
            "compute hosts",
            step_functions.wait_for_hosts,
            *hosts,
            *computes,
            "nova API",
            "placement API",
            "nova-scheduler",
            *(["neutron mappers"] if context.settings.has_ovn else []),
        ),
        # If the removal of compute hosts fails, the other parts of the local cloud already run.
        step("removal of hosts", step_functions.remove_hosts, "compute hosts", "resources", "neutron mappers"),
    ]
