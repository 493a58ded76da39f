# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A live migration fails on the destination host after the guest was moved.

The server is then in status ERROR on the destination host, as in Launchpad bugs 1628606 and 2143972.
"""

from __future__ import annotations

from typing import Any, NoReturn

NEEDS = {"hypervisor": ["fake"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.virt.stackproof_fake"


def patch_module(module: Any) -> None:
    def post_live_migration_at_destination(*_: object, **__: object) -> NoReturn:
        raise RuntimeError("inserted by the fault error-after-switch")

    module.RestartableFakeDriver.post_live_migration_at_destination = post_live_migration_at_destination
