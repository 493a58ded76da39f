# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each live migration from the host compute2 is rejected on compute2 before the copy.

Nova refuses the migration as if the storage of compute2 could not be used. Live migrations to compute2 work.
"""

from __future__ import annotations

from typing import Any

NEEDS = {"hypervisor": ["fake"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.virt.stackproof_fake"


def patch_module(module: Any) -> None:
    """Raise the error of the libvirt driver for storage that the source cannot migrate."""
    accept = module.RestartableFakeDriver.check_can_live_migrate_source

    def check_can_live_migrate_source(driver: Any, *args: Any, **options: Any) -> Any:
        if module.CONF.host == "compute2":
            raise module.fake.exception.InvalidLocalStorage(path="compute2", reason="inserted by a fault")
        return accept(driver, *args, **options)

    module.RestartableFakeDriver.check_can_live_migrate_source = check_can_live_migrate_source
