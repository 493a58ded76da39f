# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the modules that request migrations."""

from __future__ import annotations


class ModuleDocFragment:
    """Which servers are migrated, and how many at once."""

    DOCUMENTATION = r"""
options:
  servers:
    description:
      - Names or ids of the servers. The module fails before it requests any migration when no server or several servers
        have a given name. A server whose id does not exist gets the outcome V(refused).
    type: list
    elements: str
    required: true
  all_projects:
    description: Whether names are searched for in all projects, for administrators. Ids are always found.
    type: bool
    default: false
  source:
    description:
      - The compute host that the servers leave. A server on another host is not migrated, its outcome is V(unchanged).
      - By default each server is migrated from its current host.
    type: str
  max_parallel:
    description:
      - Maximum number of migrations at the same time. The next migration is requested when one ends.
      - By default, all migrations are requested at once, and Nova queues the migrations that exceed its own limit.
      - O(timeout) starts for each migration with its request.
    type: int
  max_parallel_per_host:
    description:
      - Maximum number of migrations from one compute host at the same time. Has no effect when the user may not see
        hosts.
      - The limit of Nova for live migrations, C(max_concurrent_live_migrations), is 1 by default. Nova queues further
        migrations.
    type: int
  on_failure:
    description:
      - What to do with the remaining migrations when a migration fails. V(continue) requests them. V(stop) does not
        request them, and their outcome is V(not_started). Running migrations are monitored to their end in both cases.
    type: str
    choices: [continue, stop]
    default: continue
  wait_for_hosts:
    description:
      - Maximum number of seconds to wait before the request of a migration while a foreign migration is open on the
        compute host of the server or on the named destination. V(0) does not check for foreign migrations.
      - A waiting migration does not delay migrations of other hosts. When the time is over, the migration is not
        requested. Its outcome is V(refused), the kind of its failure is V(busy), and the message names the foreign
        migration.
      - A foreign migration is a migration of a server that is neither in O(servers) nor in O(own_servers). A cold
        migration or resize that waits for its confirmation does not count. A record does not count if Nova has not
        updated it for five minutes and the server has no task state.
      - Has no effect, and returns a warning, when the user may not see hosts or may list only the migrations of the own
        project.
    type: float
    default: 0
  own_servers:
    description:
      - Ids of further servers whose migrations are not foreign (O(wait_for_hosts)), such as those of an earlier task.
    type: list
    elements: str
    default: []
"""
