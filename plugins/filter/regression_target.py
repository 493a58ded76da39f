# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter regression_target returns the cloud that a host of the inventory represents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.regression import target_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: regression_target
short_description: Return the cloud that a host of the inventory represents
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the cloud, the region and the availability zone that a host of the inventory represents. The playbook
    C(regression) uses the filter for runs against many clouds.
options:
  _input:
    description:
      - A dictionary with the inputs of the playbook and of the role. The value of an unset input is an empty string.
      - The filter uses the keys C(regression_cloud), C(regression_region), C(regression_inconclusive_is_ok),
        C(migration_cycle_cloud), C(migration_cycle_availability_zone), C(migration_cycle_redact_hosts) and
        C(migration_cycle_inconclusive_is_ok).
    type: dict
    required: true
  name:
    description: Name of the host in the inventory. If no variable names a cloud, the filter uses the name of the host
      as the name of the cloud.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Show the cloud of this host
  ansible.builtin.debug:
    msg: "{{ ({} | stackproof.migration.regression_target(name=inventory_hostname)).cloud }}"
"""

RETURN = r"""
_value:
  description: The cloud in the form of the option O(stackproof.migration.clouds_report#module:targets). The value
    contains no secrets.
  type: dict
  sample:
    name: mycloud
    cloud: mycloud
    region: ""
    availability_zone: ""
    inconclusive_is_ok: false
    redact_hosts: false
"""


def regression_target(variables: Mapping[str, Any], *, name: str) -> dict[str, Any]:
    """Return the row of one cloud in the report about many clouds."""
    return target_of(variables, name=name)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"regression_target": regression_target}
