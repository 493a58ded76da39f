# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the module that asks servers on the network while they are migrated."""

from __future__ import annotations


class ModuleDocFragment:
    """Whom to ask how, and how long a silence may last."""

    DOCUMENTATION = r"""
options:
  probe:
    description:
      - Has each server asked on the network all the while, from the machine that runs the module, and the longest time
        without an answer told. Needs O(wait). It is made for a few servers, since each costs many questions a second.
      - Nothing is asked for until all servers answer, or O(probe.timeout) is over; those that do not are not migrated.
        After its migration each must answer again within O(settle_timeout).
      - A server whose migration has been begun by somebody else before is not asked.
    type: dict
    suboptions:
      protocol:
        description:
          - V(tcp) opens connections to O(probe.port) and ends them at once. A port that is closed and refuses them
            answers as well as one that is open.
          - V(icmp) sends echo requests as ping does. It is for root, and for users whose group is in the sysctl
            C(net.ipv4.ping_group_range), as it is by default on many distributions.
        type: str
        choices: [icmp, tcp]
        required: true
      port:
        description:
          - The port for V(tcp). Many connections a second may be more than a service likes, as C(MaxStartups) of
            OpenSSH, so that a port where nothing listens is the better one where a security group lets it through.
        type: int
        default: 22
      address:
        description:
          - The IP address to ask, where it is not one that Nova knows, with a single server.
          - By default a floating address of the server, else a fixed one; of IPv4 rather than of IPv6.
        type: str
      network:
        description: The network whose address is taken, by its name. By default any.
        type: str
      interval:
        description: Seconds from one question to the next, which is how exact the answer is; from 0.005 to 0.5.
        type: float
        default: 0.02
      timeout:
        description: Seconds in which the servers must answer for the first time, as after their boot.
        type: float
        default: 120
  max_downtime:
    description:
      - How long, in seconds, a server may not answer. After a longer silence the outcome is V(disagreement). Needs
        O(probe).
      - At least five times O(probe.interval), as a shorter one cannot be told from none.
    type: float
"""
