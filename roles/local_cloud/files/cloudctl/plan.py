# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of work: what needs what. Everything else runs side by side."""

from __future__ import annotations

import functools

from . import work as do
from .graph import Step

SERVICES = ("keystone", "placement", "glance", "neutron", "nova")


def steps(work: do.Work) -> list[Step]:
    """Every step from an empty folder to a usable cloud.

    Steps that may begin together begin in this order, so what others wait for stands first.
    """

    def step(name: str, run: object, *needs: str) -> Step:
        return Step(name, functools.partial(run, work), needs)  # type: ignore[arg-type]  # partial of a function of Work

    databases = ("MariaDB",)
    apis = [
        step(f"{name} API", functools.partial(do.start_api, name=name), f"{name} tables", "identity")
        for name in ("nova", "placement", "glance", "neutron")
    ]
    consumers = {"nova-conductor": "conductor", "nova-scheduler": "scheduler"}
    computes = {f"nova-{host}": f"compute.{host}" for host in work.settings.hosts}
    return [
        step("MariaDB data", do.prepare_database),
        step("install", do.install_openstack),
        step("configuration", do.configure, "install"),
        step("supervisord", do.supervise, "configuration"),
        step("MariaDB", do.start_database, "supervisord", "MariaDB data"),
        *(step(f"{name} tables", functools.partial(do.migrate, service=name), *databases) for name in SERVICES),
        step("RabbitMQ", do.start_messaging, "supervisord"),
        step("keystone API", functools.partial(do.start_api, name="keystone"), "keystone tables"),
        step("identity", do.make_identity, "keystone API"),
        step(
            "conductor and scheduler",
            functools.partial(do.start_consumers, queues=consumers),
            *("nova tables", "identity", "RabbitMQ", "placement API"),
        ),
        *apis,
        step("nova-compute", functools.partial(do.start_consumers, queues=computes), "conductor and scheduler"),
        step("resources", do.make_resources, "nova API", "glance API", "neutron API"),
        step("compute hosts", do.await_hosts, "nova-compute", "nova API", "placement API"),
    ]
