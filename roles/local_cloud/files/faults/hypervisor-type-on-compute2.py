# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host compute2 has another type of hypervisor than the other hosts.

Nova refuses live migrations between hypervisors of different types.
"""

from __future__ import annotations

from typing import Any

NEEDS = {"hypervisor": ["fake"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.virt.stackproof_fake"


def patch_module(module: Any) -> None:
    """Change the type that the driver reports on one host."""
    report = module.RestartableFakeDriver.get_available_resource

    def get_available_resource(driver: Any, *args: Any, **options: Any) -> Any:
        found = report(driver, *args, **options)
        return {**found, "hypervisor_type": "QEMU"} if module.CONF.host == "compute2" else found

    module.RestartableFakeDriver.get_available_resource = get_available_resource
