# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host compute3 rejects live migrations from compute2 before the copy.

All other pairs of hosts work, as if only these two hosts had incompatible processors.
"""

from __future__ import annotations

from typing import Any

NEEDS = {"hypervisor": ["fake"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.virt.stackproof_fake"


def patch_module(module: Any) -> None:
    """Raise the error of the libvirt driver for two hosts with incompatible CPUs, for one pair of hosts."""
    accept = module.RestartableFakeDriver.check_can_live_migrate_destination

    def check_can_live_migrate_destination(driver: Any, context: Any, instance: Any, *args: Any, **options: Any) -> Any:
        if (instance.host, module.CONF.host) == ("compute2", "compute3"):
            reason = "inserted by the fault for the pair compute2 and compute3"
            raise module.fake.exception.InvalidCPUInfo(reason=reason)
        return accept(driver, context, instance, *args, **options)

    module.RestartableFakeDriver.check_can_live_migrate_destination = check_can_live_migrate_destination
