# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter local_cloud_refusal returns a message about the missing packages of a local cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._local_cloud.refusal import refusal_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: local_cloud_refusal
short_description: Return a message about the missing packages of a local cloud
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Explains why a playbook cannot use a local cloud. A playbook can always use an existing local cloud. A new local
    cloud needs some packages of the operating system.
  - With O(_input.hypervisor=auto), a new local cloud does not require the packages for guests.
  - Without the packages for guests, a new local cloud gets compute hosts that run no guests.
options:
  _input:
    description:
      - The entry point C(inspect) of the role P(stackproof.migration.local_cloud#role) sets the fact
        C(local_cloud_inspection). Pass this fact to the filter.
    type: dict
    required: true
    suboptions:
      found:
        description: Whether the cloud exists, started or stopped.
        type: bool
        required: true
      hypervisor:
        description: The value of the input C(local_cloud_hypervisor).
        type: str
        required: true
      missing_service_packages:
        description: Names of operating system packages that the local cloud needs and that are not installed.
        type: list
        elements: str
        required: true
      missing_guest_packages:
        description: Names of packages that compute hosts with guests need and that are not installed.
        type: list
        elements: str
        required: true
"""

EXAMPLES = r"""
- name: Inspect the local cloud
  ansible.builtin.include_role:
    name: stackproof.migration.local_cloud
    tasks_from: inspect

- name: Require that no package is missing
  ansible.builtin.assert:
    that: refusal == ''
    fail_msg: "{{ refusal }}"
  vars:
    refusal: "{{ local_cloud_inspection | stackproof.migration.local_cloud_refusal }}"
"""

RETURN = r"""
_value:
  description: The reason why the playbook cannot use a local cloud, and the action to take. Empty if the playbook can
    use a local cloud.
  type: str
  sample: >-
    No cloud is named, and a local cloud needs packages of the operating system that are missing: rabbitmq-server.
    No package was installed. Name a cloud with OS_CLOUD=… or -e regression_cloud=…. For a local cloud, add -e
    regression_local=true. Then the playbook installs these packages as root.
"""


def local_cloud_refusal(inspection: Mapping[str, Any]) -> str:
    """Return a message about the missing packages. The message is empty when no package is missing."""
    return refusal_of(inspection)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., str]]:
        return {"local_cloud_refusal": local_cloud_refusal}
