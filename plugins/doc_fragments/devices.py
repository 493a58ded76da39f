# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options for the volumes, ports and groups of servers."""

from __future__ import annotations


class ModuleDocFragment:
    """The documentation of the options that describe what servers have besides their image and their flavor."""

    DOCUMENTATION = r"""
options:
  boot_volume:
    description:
      - Boot each server from a volume that Nova creates from the image. By default, the servers boot from a disk of the
        compute host.
      - Then a flavor with a root disk of 0 GiB is sufficient, and the servers use no disk of the compute host.
    type: dict
    suboptions:
      size:
        description: Size of the volume in GiB. By default, a boot volume has the smallest size for the image. A data
          volume requires a size.
        type: int
      type:
        description: Name or id of the volume type. By default, Cinder chooses the type. Requires microversion 2.67
          (Stein).
        type: str
      delete_on_termination:
        description:
          - Whether Nova deletes the volume with the server.
          - V(false) requires microversion 2.85 (Ussuri). The module first boots the servers with V(true), and changes
            the value when the volume has the metadata of the batch. So a batch never leaves a volume without metadata.
        type: bool
        default: true
  volumes:
    description: Empty data volumes that Nova creates for each server.
    type: list
    elements: dict
    suboptions:
      size:
        description: Size of the volume in GiB.
        type: int
        required: true
      type:
        description: Name or id of the volume type. By default, Cinder chooses the type. Requires microversion 2.67
          (Stein).
        type: str
      delete_on_termination:
        description: Whether Nova deletes the volume with the server. V(false) requires microversion 2.85 (Ussuri).
        type: bool
        default: true
  networks:
    description:
      - Networks of the servers, as V(none), V(auto), or a list of network names or ids.
      - With V(none), the servers have no network, unless O(ports) is set. With V(auto), Nova chooses a network or
        creates one.
      - Nova creates a port for each server and each network.
    type: raw
    default: none
  ports:
    description:
      - Ports of the server, in addition to the ports on O(networks). Each entry is a new port with C(network), or an
        existing port with C(port).
      - Nova accepts such ports only in a request for one server, so O(count) must be 1. For several servers, use
        O(networks) and O(security_groups).
    type: list
    elements: dict
    suboptions:
      network:
        description: Name or id of the network of a new port.
        type: str
      port:
        description: Name or id of an existing port that no server uses. The port is not deleted with the server.
        type: str
      vnic_type:
        description: Type of the virtual network interface of a new port.
        type: str
        choices:
          - normal
          - direct
          - direct-physical
          - macvtap
          - virtio-forwarder
          - vdpa
          - accelerator-direct
          - accelerator-direct-physical
          - remote-managed
      fixed_ip:
        description: IP address of a new port. By default, Neutron chooses the address.
        type: str
      security_groups:
        description: Names or ids of the security groups of a new port. By default, O(security_groups).
        type: list
        elements: str
  security_groups:
    description: Names or ids of the security groups of all new ports. By default, Neutron chooses the group C(default)
      of the project.
    type: list
    elements: str
  config_drive:
    description: Whether the servers have a config drive. By default, Nova decides.
    type: bool
  server_group:
    description: Name or id of the existing server group to which the servers belong.
    type: str
  server_group_policy:
    description: Create a server group with this policy for the servers. Not together with O(server_group).
    type: str
    choices: [affinity, anti-affinity, soft-affinity, soft-anti-affinity]
"""
