# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a start, and the order in which they run."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from . import work as do
from .graph import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SERVICES = ("keystone", "placement", "glance", "neutron", "nova")


def steps(work: do.Work) -> list[Step]:
    """Return all steps of a start. Steps that many other steps require come first."""

    def step(name: str, run: Callable[[do.Work], str | None], *needs: str) -> Step:
        return Step(name, functools.partial(run, work), needs)

    def api(name: str, *needs: str) -> Step:
        return step(f"{name} API", functools.partial(do.start_api, name=name), f"{name} tables", *needs)

    def consumer(program: str, queue: str, *needs: str) -> Step:
        return step(program, functools.partial(do.start_consumer, program=program, queue=queue), *needs)

    def quietly(name: str, programs: Sequence[str], *needs: str) -> Step:
        return Step(name, functools.partial(do.start_quietly, work, *programs), needs)

    hosts = {host: work.settings.programs_of(host) for host in work.settings.hosts}
    computes = [programs[-1] for programs in hosts.values()]
    return [
        step("MariaDB data", do.prepare_database),
        step("install", do.install_openstack),
        step("configuration", do.configure, "install"),
        step("supervisord", do.supervise, "configuration"),
        step("MariaDB", do.start_database, "supervisord", "MariaDB data"),
        *(step(f"{name} tables", functools.partial(do.migrate, service=name), "MariaDB") for name in SERVICES),
        step("RabbitMQ", do.start_messaging, "supervisord"),
        api("keystone"),
        step("identity", do.make_identity, "keystone API"),
        # Both services fail if their users do not exist in Keystone.
        consumer("nova-conductor", "conductor", "nova tables", "identity", "RabbitMQ"),
        api("placement", "identity"),
        api("nova", "identity"),
        consumer("nova-scheduler", "scheduler", "nova tables", "identity", "RabbitMQ", "placement API"),
        # These APIs start later, so that the conductor starts faster.
        api("glance", "identity", "nova-conductor"),
        api("neutron", "identity", "nova-conductor"),
        # nova-compute requires the other programs of its host, such as libvirtd.
        *(quietly(host, programs[:-1], "supervisord") for host, programs in hosts.items()),
        # If no conductor is up, nova-compute waits 10 s before it tries again.
        *(quietly(name, [name], "nova-conductor") for name in computes),
        step("resources", do.make_resources, "nova API", "glance API"),
        step("neutron mappers", do.configure_mappers, "neutron API"),
        step("compute hosts", do.await_hosts, *hosts, *computes, "nova API", "placement API", "nova-scheduler"),
        # This step is the last step, because the cloud is usable if this step fails.
        step("removal of hosts", do.forget_hosts, "compute hosts", "resources", "neutron mappers"),
    ]
