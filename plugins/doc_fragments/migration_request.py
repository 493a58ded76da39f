# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the modules that request migrations."""

from __future__ import annotations


class ModuleDocFragment:
    """The documentation of the options that select the servers and limit the parallel migrations."""

    DOCUMENTATION = r"""
options:
  servers:
    description:
      - Names or ids of the servers.
      - If no server or more than one server has a given name, the module fails before it requests a migration.
      - If no server has the given id, the outcome is V(refused).
    type: list
    elements: str
    required: true
  all_projects:
    description: Whether to search for the server names in all projects. Only administrators can do this. Ids need no
      search.
    type: bool
    default: false
  destinations:
    description:
      - The destination of each server. A key is the name or the id of a server in O(servers). The value is the compute
        host to which this server is migrated.
      - Nova's scheduler chooses the hosts of servers without an entry.
      - You cannot combine this option with O(host). It has the same requirements as O(host).
      - If a server is not in O(servers), or if a compute host does not exist, the module fails before it requests a
        migration. If the user cannot list compute hosts, Nova checks the names of the hosts when the module requests
        the migrations.
    type: dict
    default: {}
  source:
    description:
      - The compute host from which the servers are migrated. If a server is on another host, the module does not
        migrate the server. The outcome of this server is V(unchanged).
      - By default, the module migrates each server from its current host.
    type: str
  max_parallel:
    description:
      - Maximum number of migrations at the same time. When a migration ends, the module requests the next migration.
      - By default, the module requests all migrations at once. Nova runs only some of them at the same time, and queues
        the others.
      - The O(timeout) of a migration starts when the module requests this migration.
    type: int
  max_parallel_per_host:
    description:
      - Maximum number of migrations from one compute host at the same time.
      - The same maximum applies to the migrations to one compute host that O(host) or O(destinations) names. Migrations
        from a host and migrations to this host are counted separately.
      - If the user cannot see the hosts of the servers, the module counts only the migrations to a named host.
      - Nova limits the live migrations from a host with its own option C(max_concurrent_live_migrations), which is 1 by
        default. Nova queues the migrations above this limit.
    type: int
  on_failure:
    description:
      - What to do with the remaining migrations when a migration fails.
      - With V(continue), a failed migration does not stop the other migrations.
      - With V(stop), the module does not request the remaining migrations. The outcome of these migrations is
        V(not_started).
      - The module always monitors the running migrations until they end.
    type: str
    choices: [continue, stop]
    default: continue
  wait_for_hosts:
    description:
      - Maximum number of seconds to wait until no foreign migration uses the source host or the requested destination.
      - With V(0), the module does not look for migrations of other servers.
      - While the module waits for one host, it still requests migrations between other hosts.
      - If a foreign migration still uses the host after this time, the module does not request the migration. The
        outcome is V(refused), and the kind of the failure is V(busy). The message names the foreign migration.
      - A foreign migration is a migration of a server that is neither in O(servers) nor in O(own_servers).
      - A cold migration or resize that waits for its confirmation is not a foreign migration.
      - If a server has no task state, the module ignores the old migration records of this server.
      - A migration record is old if Nova has not updated it for five minutes.
      - If the user cannot see hosts, this option has no effect and the module returns a warning.
      - If the user can list only the migrations of one project, this option has no effect, and the module returns a
        warning.
    type: float
    default: 0
  own_servers:
    description:
      - Ids of servers that you migrate with other tasks. The module does not wait for the migrations of these servers.
      - For example, add the ids of servers from an earlier task. See O(wait_for_hosts) for foreign migrations.
    type: list
    elements: str
    default: []
"""
