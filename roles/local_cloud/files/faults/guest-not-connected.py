# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest has no network after its live migration, because its destination host does not connect its card.

Nova, Neutron and the guest report no error. Only a client of the network sees that the guest does not answer. With
OVN, no hook of libvirt connects the card.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

NEEDS = {"hypervisor": ["libvirt"], "networks": ["flat"]}
PROGRAMS = ("libvirt-hook",)
MODULE = "taps"


def patch_module(module: Any) -> None:
    """Let the hook of libvirt skip guests that a migration brings to the host."""
    connect = module.run_hook

    def skip_incoming(guest: str, operation: str, domain: str) -> None:
        incoming = Path("/run", f"incoming-{guest}")
        if operation == "migrate/begin":
            incoming.touch()
        elif operation == "prepare/begin" and incoming.exists():
            incoming.unlink()
        else:
            connect(guest, operation, domain)

    module.run_hook = skip_incoming
