# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter server_profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.profiles import servers_of_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: server_profile
short_description: Convert a kind of servers to inputs of the role migration_coverage
version_added: 1.1.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the networks and devices of the servers, or why the cloud cannot offer them.
options:
  _input:
    description: A profile, see the role input C(migration_scenarios_profiles).
    type: dict
    required: true
  offer:
    description: The result of M(stackproof.migration.migration_scenarios) in check mode with this profile.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Choose the servers
  ansible.builtin.set_fact:
    servers: "{{ {'name': 'database', 'boot_volume': true} | stackproof.migration.server_profile(offer=offer) }}"
"""

RETURN = r"""
_value:
  description: The servers.
  type: dict
  contains:
    outcome:
      description: V(not_applicable) or V(error). Empty if the cloud offers the servers.
      type: str
      sample: ""
    reason:
      description: Why the cloud does not offer the servers. Empty if it does.
      type: str
      sample: ""
    networks:
      description: The value for C(migration_coverage_networks).
      type: raw
      sample: none
    devices:
      description: The value for C(migration_coverage_devices).
      type: dict
      sample: {boot_volume: {size: 1}}
"""


def server_profile(profile: Mapping[str, Any], offer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the servers of a profile."""
    return servers_of_profile(profile, offer)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"server_profile": server_profile}
