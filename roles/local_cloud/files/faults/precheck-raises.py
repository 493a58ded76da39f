# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The destination's check before a live migration raises.

As where processors or configuration of two hosts do not go together. Launchpad bug 2044235 is of
this family: the server must stay ACTIVE where it is.
"""

from __future__ import annotations

from typing import Any, NoReturn

PROGRAMS = ("nova-compute",)
MODULE = "nova.virt.stackproof_fake"


def put_into(module: Any) -> None:
    """Raise what libvirt's driver raises for processors that do not go together."""

    def check_can_live_migrate_destination(*_: object, **__: object) -> NoReturn:
        raise module.fake.exception.InvalidCPUInfo(reason="put in by the fault precheck-raises")

    module.RestartableFakeDriver.check_can_live_migrate_destination = check_can_live_migrate_destination
