# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the modules that move servers."""

from __future__ import annotations


class ModuleDocFragment:
    """Which servers, and how many of them at once."""

    DOCUMENTATION = r"""
options:
  servers:
    description:
      - Names or ids of the servers. A name that several servers bear or none is refused before anything is moved; an id
        that is not there (any more) is refused by itself.
    type: list
    elements: str
    required: true
  all_projects:
    description: Whether names are looked for in all projects, which is for administrators. Ids always are.
    type: bool
    default: false
  source:
    description:
      - The compute host that the servers are to leave. One that is on another host by now is left alone, with outcome
        V(unchanged). When not given, each is moved from wherever it is.
    type: str
  max_parallel:
    description:
      - How many migrations may go on at once; the next begins as one ends. When not given, all are asked for at once,
        and Nova queues what is more than its own limit.
      - O(timeout) counts for each migration from its own request on.
    type: int
  max_parallel_per_host:
    description:
      - How many migrations may leave one compute host at once. Has no effect where the user may not see hosts.
      - Nova's own limit for live migrations, C(max_concurrent_live_migrations), is 1 by default; what is more waits in
        its queue.
    type: int
  on_failure:
    description:
      - Whether those that have not begun yet are still migrated after one did not go well, or called off with outcome
        V(not_started). Those that go on are followed to their end either way.
    type: str
    choices: [continue, stop]
    default: continue
  wait_for_hosts:
    description:
      - For how many seconds at most a migration waits to be requested while a migration that is not ours is open on the
        server's compute host or on the named destination. V(0) does not check.
      - One that waits holds up neither those that go on nor those of other hosts. After that time it is not requested;
        its outcome is V(refused), the kind of its failure is V(busy), and its message names the open migration.
      - Migrations of the servers in O(servers) and O(own_servers) are ours. A cold migration or a resize that waits for
        its confirmation does not count, nor does a record that Nova has forgotten; its server is in no task, and the
        record was not updated for five minutes.
      - Has no effect where the user may not see hosts, or only the migrations of the own project; a warning says so.
    type: float
    default: 0
  own_servers:
    description:
      - Ids of more servers whose open migrations are ours and are not waited for (O(wait_for_hosts)), such as those of
        an earlier task.
    type: list
    elements: str
    default: []
"""
