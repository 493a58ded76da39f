# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hypervisor of compute2 has an older version than the hypervisors of the other hosts.

Nova refuses live migrations to compute2, because the destination would be older than the source.
"""

from __future__ import annotations

from typing import Any

NEEDS = {"hypervisor": ["fake"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.virt.stackproof_fake"


def patch_module(module: Any) -> None:
    """Change the version that the driver reports on one host."""
    report = module.RestartableFakeDriver.get_available_resource

    def get_available_resource(driver: Any, *args: Any, **options: Any) -> Any:
        found = report(driver, *args, **options)
        return {**found, "hypervisor_version": 1} if module.CONF.host == "compute2" else found

    module.RestartableFakeDriver.get_available_resource = get_available_resource
