# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host compute2 rejects each live migration to it before the copy.

Nova refuses the migration as if the processors of the hosts were not compatible. The other hosts accept servers.
"""

from __future__ import annotations

from typing import Any

NEEDS = {"hypervisor": ["fake"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.virt.stackproof_fake"


def patch_module(module: Any) -> None:
    """Raise the error of the libvirt driver for two hosts with incompatible CPUs on one host."""
    accept = module.RestartableFakeDriver.check_can_live_migrate_destination

    def check_can_live_migrate_destination(driver: Any, *args: Any, **options: Any) -> Any:
        if module.CONF.host == "compute2":
            raise module.fake.exception.InvalidCPUInfo(reason="inserted by the fault precheck-raises-on-compute2")
        return accept(driver, *args, **options)

    module.RestartableFakeDriver.check_can_live_migrate_destination = check_can_live_migrate_destination
