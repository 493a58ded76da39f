# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the module that probes servers on the network during their migration."""

from __future__ import annotations


class ModuleDocFragment:
    """The documentation of the options ``probe`` and ``max_downtime``."""

    DOCUMENTATION = r"""
options:
  probe:
    description:
      - If set, the module probes each server on the network during the migration of the server. The probes come from
        the machine that runs the module. The module returns the longest downtime of each server.
      - This option needs O(wait=true).
      - Use this option for a few servers only, because the module sends many probes per second to each server.
      - The module requests the first migration when all servers answer the probe. If a server does not answer within
        O(probe.timeout), the module does not migrate this server.
      - After the migration, each server must answer within O(settle_timeout).
      - The module does not probe a server that another client already migrates.
    type: dict
    suboptions:
      protocol:
        description:
          - V(tcp) opens connections to O(probe.port) and closes them at once. A refused connection also counts as an
            answer.
          - V(icmp) sends echo requests, like the program C(ping). V(icmp) needs root, or a user whose group is in the
            sysctl C(net.ipv4.ping_group_range). Many distributions set this sysctl for all groups.
        type: str
        choices: [icmp, tcp]
        required: true
      port:
        description:
          - The port for V(tcp).
          - Choose a port on which no service listens, if the security group allows this port. A service may limit the
            rate of connections. For example, OpenSSH limits it with C(MaxStartups).
        type: int
        default: 22
      address:
        description:
          - The IP address to probe. Use this option if Nova does not know the address. This option requires that
            O(servers) contains a single server.
          - By default, the module probes a floating IP address of the server. If the server has no floating IP address,
            the module probes a fixed IP address. The module prefers IPv4.
        type: str
      network:
        description: Name of the network whose address the module probes. By default, the module uses an address of any
          network.
        type: str
      netns:
        description:
          - The network namespace from which the module sends the probes, as a name that C(ip netns) shows, or as the
            path of a file. For example, the namespaces C(qdhcp-ID) and C(qrouter-ID) of a network node reach addresses
            of tenant networks.
          - The namespace must exist on the machine that runs the module. This option needs root.
          - By default, the module sends the probes from its own network namespace.
        type: str
      interval:
        description: Seconds between two probes, from 0.005 to 0.5. The interval is also the precision of the measured
          downtime.
        type: float
        default: 0.02
      timeout:
        description: Number of seconds to wait for the first answer of each server. A server that has just booted may
          need some time before it answers.
        type: float
        default: 120
  max_downtime:
    description:
      - Longest accepted downtime of a server, in seconds. If the downtime is longer, the outcome is V(disagreement).
        This option needs O(probe).
      - O(max_downtime) must be at least five times O(probe.interval). For example, with an interval of 0.1, use at
        least 0.5.
    type: float
"""
