# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter local_cloud_settings converts the inputs of the role local_cloud for the program cloudctl."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._local_cloud.inputs import settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: local_cloud_settings
short_description: Convert the inputs of a local cloud for the program that creates it
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Converts the inputs of the role P(stackproof.migration.local_cloud#role) to the types that the program cloudctl
    needs.
  - For example, the filter converts the string V(4) to a number.
  - The result contains only inputs about the cloud itself, such as the number of hosts.
options:
  _input:
    description:
      - A dictionary with all inputs of the role. The keys are the names of the inputs.
      - The inputs must be valid. The filter P(stackproof.migration.local_cloud_inputs#filter) validates the inputs.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the number of hosts as a number
  ansible.builtin.debug:
    msg: "{{ (inputs | stackproof.migration.local_cloud_settings).hosts }}"
"""

RETURN = r"""
_value:
  description: The settings for the program cloudctl. The keys are the input names without the prefix C(local_cloud_).
  type: dict
  sample: {hosts: 2, port_base: 0, start_timeout: 120.0, debug: false}
"""


def local_cloud_settings(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the role inputs with the types that cloudctl expects, for example numbers and not strings."""
    return settings_of(inputs)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"local_cloud_settings": local_cloud_settings}
