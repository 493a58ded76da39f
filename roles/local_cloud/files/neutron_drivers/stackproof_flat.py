# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mechanism driver of Neutron's ML2 plugin for compute hosts without a Neutron agent.

The driver binds ports of flat networks as taps. Nova creates the tap. A hook of libvirt connects the tap to the bridge
of the host.

A Neutron agent would report when it has connected a port. Without an agent, a port is ACTIVE as soon as it is bound.
"""

from typing import Any

from neutron_lib import constants
from neutron_lib.api.definitions import portbindings
from neutron_lib.plugins import directory
from neutron_lib.plugins.ml2 import api


class FlatMechanismDriver(api.MechanismDriver):
    """Binds ports of flat networks on every host."""

    def initialize(self) -> None:
        """Do nothing, because the driver has no state."""

    @property
    def connectivity(self) -> str:
        return str(portbindings.CONNECTIVITY_L2)

    def bind_port(self, context: Any) -> None:
        """Bind the port to the first flat segment of its network. Leave other ports unbound."""
        if context.current[portbindings.VNIC_TYPE] != portbindings.VNIC_NORMAL:
            return
        for segment in context.segments_to_bind:
            if segment[api.NETWORK_TYPE] == constants.TYPE_FLAT:
                context.set_binding(
                    segment[api.ID],
                    portbindings.VIF_TYPE_TAP,
                    # The hosts do not filter packets, so security groups have no effect.
                    {portbindings.CAP_PORT_FILTER: False, portbindings.VIF_DETAILS_CONNECTIVITY: self.connectivity},
                    status=constants.PORT_STATUS_ACTIVE,
                )
                return

    def update_port_postcommit(self, context: Any) -> None:
        """Set the port to ACTIVE after Nova has activated its binding on another host.

        At the end of a live migration, Neutron sets the port to DOWN until an agent reports that it is connected.
        """
        if (
            context.host != context.original_host
            and context.current[portbindings.VIF_TYPE] == portbindings.VIF_TYPE_TAP
            and context.current["status"] == constants.PORT_STATUS_DOWN
        ):
            directory.get_plugin().update_port_status(
                context.plugin_context, context.current["id"], constants.PORT_STATUS_ACTIVE, context.host
            )
