# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Neutron does not bind a port to the destination host of a live migration.

Nova then refuses the migration before the copy, as if no Neutron agent ran on the destination. OVN binds
ports with another driver.
"""

from __future__ import annotations

import importlib
from typing import Any

NEEDS = {"networks": ["flat"]}
PROGRAMS = ("neutron",)
MODULE = "stackproof_flat"


def patch_module(module: Any) -> None:
    """Let the driver bind no port that is already bound to another host."""
    bind = module.FlatMechanismDriver.bind_port

    def refuse_second_host(self: Any, context: Any) -> None:
        ports = importlib.import_module("neutron.objects.ports")
        active = ports.PortBinding.get_objects(
            context.plugin_context, port_id=context.current["id"], status=module.constants.ACTIVE
        )
        if all(binding.host in ("", context.host) for binding in active):
            bind(self, context)

    module.FlatMechanismDriver.bind_port = refuse_second_host
