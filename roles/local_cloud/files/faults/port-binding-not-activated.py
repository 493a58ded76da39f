# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Neutron does not activate the port binding of the destination host after the copy of a live migration.

The request of Nova fails with HTTP 500, and the port stays without a connection. OVN binds ports with
another driver.
"""

from __future__ import annotations

from typing import Any

NEEDS = {"networks": ["flat"]}
PROGRAMS = ("neutron",)
MODULE = "stackproof_flat"


def patch_module(module: Any) -> None:
    """Add the method that Neutron calls before it changes a port."""

    def update_port_precommit(_self: Any, context: Any) -> None:
        if context.original_host and context.host != context.original_host:
            raise RuntimeError("inserted by the fault port-binding-not-activated")

    module.FlatMechanismDriver.update_port_precommit = update_port_precommit
