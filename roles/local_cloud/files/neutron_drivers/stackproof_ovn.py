# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mechanism driver of Neutron's ML2 plugin that completes the driver ``ovn`` of Neutron 29.

At the end of a live migration, Nova activates the binding on the destination. The driver ``ovn`` then sets the port to
DOWN, and waits until OVN reports the port as up. This report is lost if the destination claims the port before the
source releases it, or if ovn-northd reads both changes at once. Without this driver, a port can stay DOWN although it
is connected.
"""

from typing import Any

from neutron.db import provisioning_blocks
from neutron_lib import constants
from neutron_lib.api.definitions import portbindings
from neutron_lib.callbacks import resources
from neutron_lib.plugins.ml2 import api


class PortStatusMechanismDriver(api.MechanismDriver):
    """Sets ports to ACTIVE after a live migration. The driver ``ovn`` binds them."""

    def initialize(self) -> None:
        """Do nothing, because the driver has no state."""

    def update_port_postcommit(self, context: Any) -> None:
        """Report the port as connected after Nova has activated its binding on another host.

        Nova activates the binding only after OVN has connected the port on this host.
        """
        if (
            context.host != context.original_host
            and context.current[portbindings.VIF_TYPE] == portbindings.VIF_TYPE_OVS
            and context.current["status"] == constants.PORT_STATUS_DOWN
        ):
            provisioning_blocks.provisioning_complete(
                context.plugin_context, context.current["id"], resources.PORT, provisioning_blocks.L2_AGENT_ENTITY
            )
