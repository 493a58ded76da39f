# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The destination host rejects a live migration before the copy.

Nova refuses the migration as if the processors of the hosts were not compatible (Launchpad bug 2044235). The server
must stay ACTIVE on the source host.
"""

from __future__ import annotations

from typing import Any, NoReturn

NEEDS = {"hypervisor": ["fake"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.virt.stackproof_fake"


def patch_module(module: Any) -> None:
    """Raise the error of the libvirt driver for two hosts with incompatible CPUs."""

    def check_can_live_migrate_destination(*_: object, **__: object) -> NoReturn:
        raise module.fake.exception.InvalidCPUInfo(reason="inserted by the fault precheck-raises")

    module.RestartableFakeDriver.check_can_live_migrate_destination = check_can_live_migrate_destination
