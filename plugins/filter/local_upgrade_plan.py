# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter local_upgrade_plan plans the upgrade of a local cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._local_cloud.upgrade import plan_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

DOCUMENTATION = r"""
name: local_upgrade_plan
short_description: Plan the upgrade of a local cloud
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the steps that upgrade an existing local cloud, or the reasons why it cannot be upgraded.
options:
  _input:
    description: The fact C(local_cloud_inspection) of the role P(stackproof.migration.local_cloud#role).
    type: dict
    required: true
  inputs:
    description: The inputs of the role P(stackproof.migration.local_upgrade#role) by their names.
    type: dict
    required: true
  variables:
    description: Names of all variables that begin with C(local_upgrade_). The filter reports a name that is not an
      input of the role.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Plan the upgrade
  ansible.builtin.set_fact:
    plan: "{{ local_cloud_inspection | stackproof.migration.local_upgrade_plan(inputs=inputs) }}"
"""

RETURN = r"""
_value:
  description: The list C(problems) with a message for each reason against the upgrade, the list C(pythons) with the
    step that requires a Python for the new release, the list C(present) with the step that starts the cloud with its
    present releases, and the list C(steps).
  type: dict
  sample:
    problems: []
    pythons: []
    present: []
    steps:
      - name: controllers
        action: start
        migrates: true
        inputs: {local_cloud_release: "2026.2"}
"""


def local_upgrade_plan(
    inspection: Mapping[str, Any], inputs: Mapping[str, Any], variables: Iterable[str] = ()
) -> dict[str, list[Any]]:
    """Return the problems and the steps of the upgrade."""
    return plan_of(inspection, inputs, variables)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, list[Any]]]]:
        return {"local_upgrade_plan": local_upgrade_plan}
