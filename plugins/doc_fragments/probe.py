# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the module that probes servers on the network during their migration."""

from __future__ import annotations


class ModuleDocFragment:
    """How servers are probed, and how long their downtime may be."""

    DOCUMENTATION = r"""
options:
  probe:
    description:
      - Probes each server on the network during its migration, from the machine that runs the module, and returns its
        longest downtime. Needs O(wait). Use it for a few servers only, because each server gets many probes per second.
      - No migration is requested until all servers answer or O(probe.timeout) is over. Servers that do not answer are
        not migrated. After its migration each server must answer within O(settle_timeout).
      - A server whose migration was already running is not probed.
    type: dict
    suboptions:
      protocol:
        description:
          - V(tcp) opens connections to O(probe.port) and closes them at once. A closed port that refuses connections
            counts as an answer.
          - V(icmp) sends echo requests, like ping. Needs root, or a group in the sysctl C(net.ipv4.ping_group_range),
            which is the default of many distributions.
        type: str
        choices: [icmp, tcp]
        required: true
      port:
        description:
          - The port for V(tcp). A service may limit the rate of connections, such as C(MaxStartups) of OpenSSH. If the
            security group allows it, choose a port without a service.
        type: int
        default: 22
      address:
        description:
          - The IP address to probe, for an address that Nova does not know. For a single server only.
          - By default, the module probes a floating IP address of the server, or a fixed address if the server has no
            floating one. It prefers IPv4.
        type: str
      network:
        description: Name of the network whose address is probed. By default any network.
        type: str
      interval:
        description: Seconds between two probes, from 0.005 to 0.5. It is also the precision of the downtime.
        type: float
        default: 0.02
      timeout:
        description: Seconds within which each server must answer before its migration, for example after its boot.
        type: float
        default: 120
  max_downtime:
    description:
      - Longest accepted downtime of a server, in seconds. After a longer downtime, the outcome is V(disagreement).
        Needs O(probe).
      - Must be at least five times O(probe.interval). A shorter downtime cannot be measured.
    type: float
"""
