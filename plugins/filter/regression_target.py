# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter regression_target reads which cloud a host of the inventory stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.regression import target_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: regression_target
short_description: Read which cloud a host of the inventory stands for
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Reads the cloud, region and zone that a host of the inventory stands for in a run of the playbook regression against
    many clouds.
options:
  _input:
    description:
      - Inputs of the playbook and the role by their names; an empty text for an input that is not set. The filter
        reads C(regression_cloud), C(regression_region), C(regression_inconclusive_is_ok), and C(migration_cycle_cloud),
        C(migration_cycle_availability_zone), C(migration_cycle_redact_hosts), C(migration_cycle_inconclusive_is_ok).
    type: dict
    required: true
  name:
    description: Name of the host. It is also the name of the cloud if no variable names a cloud.
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
  description: A target for M(stackproof.migration.clouds_report), without the result of its run and without secrets.
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
    """Return the values that the report shows for the host."""
    return target_of(variables, name=name)


class FilterModule:
    """Register the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"regression_target": regression_target}
