# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter local_cloud_inputs validates the inputs of a local cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._local_cloud.inputs import problems_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

DOCUMENTATION = r"""
name: local_cloud_inputs
short_description: Validate the inputs of a local cloud
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Validates each input of the role P(stackproof.migration.local_cloud#role), and finds inputs that contradict each
    other.
options:
  _input:
    description: A dictionary with all inputs of the role. The keys are the names of the inputs.
    type: dict
    required: true
  variables:
    description: Names of all variables that begin with C(local_cloud_). The filter reports a name that is not an input
      of the role.
    type: list
    elements: str
    default: []
  releases:
    description: The variables of each OpenStack release that the role supports, by the name of the release. If the
      dictionary is empty, the filter accepts any release.
    type: dict
    default: {}
  found:
    description: The releases of the existing cloud, by C(controllers) and by the names of the compute hosts. The
      dictionary is empty without a cloud.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Require valid inputs
  ansible.builtin.assert:
    that: problems | length == 0
    fail_msg: "{{ problems | join(' ') }}"
  vars:
    problems: "{{ inputs | stackproof.migration.local_cloud_inputs(releases=releases) }}"
    releases:
      "2026.1": {name: "2026.1", nova: 33, slurp: true}
      "2026.2": {name: "2026.2", nova: 34, slurp: false}
"""

RETURN = r"""
_value:
  description: A list with a message for each problem. The message contains the input, the value and the action to take.
    The list is empty if all inputs are valid.
  type: list
  elements: str
  sample: ["local_cloud_hosts must be a whole number of at least 1, found 0. Set it to 1 or more."]
"""


def local_cloud_inputs(
    inputs: Mapping[str, Any],
    variables: Iterable[str] = (),
    releases: Mapping[str, Mapping[str, Any]] | None = None,
    found: Mapping[str, str] | None = None,
) -> list[str]:
    """Return a message for each invalid input of the local cloud."""
    return problems_of(inputs, variables, releases, found)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        return {"local_cloud_inputs": local_cloud_inputs}
