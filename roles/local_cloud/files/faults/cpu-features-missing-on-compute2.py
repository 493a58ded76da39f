# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CPU of compute2 does not have a feature that the CPUs of the other hosts have.

The host refuses live migrations to it in the check before the copy, as the libvirt driver does.
"""

from __future__ import annotations

import json
from typing import Any

NEEDS = {"hypervisor": ["fake"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.virt.stackproof_fake"


def patch_module(module: Any) -> None:
    """Remove a feature from the CPU that the driver reports, and compare CPUs before a live migration."""
    driver_class = module.RestartableFakeDriver
    report, accept = driver_class.get_available_resource, driver_class.check_can_live_migrate_destination

    def get_available_resource(driver: Any, *args: Any, **options: Any) -> Any:
        found = report(driver, *args, **options)
        if module.CONF.host != "compute2":
            return found
        cpu = json.loads(found["cpu_info"])
        return {**found, "cpu_info": json.dumps({**cpu, "features": cpu["features"][1:]})}

    def check_can_live_migrate_destination(
        driver: Any, context: Any, instance: Any, source: Any, destination: Any, *args: Any, **options: Any
    ) -> Any:
        here, there = (set(json.loads(one["cpu_info"])["features"]) for one in (source, destination))
        if here - there:
            raise module.fake.exception.InvalidCPUInfo(reason=f"missing CPU features: {sorted(here - there)}")
        return accept(driver, context, instance, source, destination, *args, **options)

    driver_class.get_available_resource = get_available_resource
    driver_class.check_can_live_migrate_destination = check_can_live_migrate_destination
