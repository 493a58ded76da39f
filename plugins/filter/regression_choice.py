# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter regression_choice chooses the cloud that the playbook regression runs against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError
from ansible_collections.stackproof.migration.plugins.module_utils._cycle.regression import choose_cloud

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: regression_choice
short_description: Choose the cloud that the playbook regression runs against
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Chooses the first of a cloud that a variable names, a local cloud that O(local=true) requests, and the cloud of the
    environment.
  - If none of these is given, the run uses a local cloud, but only if no package has to be installed for it. The filter
    P(stackproof.migration.local_cloud_refusal#filter) returns whether this is the case.
options:
  _input:
    description:
      - Inputs of the playbook and the roles by their names; an empty text for an input that is not set. The filter
        reads C(regression_cloud), C(migration_cycle_cloud), C(regression_inconclusive_is_ok),
        C(migration_cycle_inconclusive_is_ok) and C(local_cloud_install_packages).
    type: dict
    required: true
  local:
    description:
      - V(true) requests a local cloud and allows the installation of operating system packages for it, where
        C(local_cloud_install_packages) allows it. V(false) never uses a local cloud. V(auto) uses a local cloud if no
        cloud is named and no package has to be installed.
    type: str
    choices: [auto, "true", "false"]
    required: true
  os_cloud:
    description: The environment variable E(OS_CLOUD).
    type: str
    required: true
  os_auth_url:
    description: The environment variable E(OS_AUTH_URL).
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Choose the cloud
  ansible.builtin.set_fact:
    choice: >-
      {{ {'regression_cloud': regression_cloud | default('')} | stackproof.migration.regression_choice(local='auto',
      os_cloud=lookup('ansible.builtin.env', 'OS_CLOUD'), os_auth_url=lookup('ansible.builtin.env', 'OS_AUTH_URL')) }}
"""

RETURN = r"""
_value:
  description: The choice.
  type: dict
  contains:
    use:
      description:
        - V(cloud) for the cloud of a variable or of the environment, V(local) for a local cloud that was requested, and
          V(local_if_ready) for a local cloud for which no package may be installed.
      type: str
      sample: local_if_ready
    cloud:
      description:
        - Name of the entry of C(clouds.yaml). Empty for settings in a variable or in the environment, and for a local
          cloud.
      type: str
      sample: mycloud
    reason:
      description: Reason for the use of a local cloud. Empty for another cloud.
      type: str
      sample: >-
        The run uses the local cloud on this machine, because no cloud is named. No package is installed for it.
    install_packages:
      description: Value of C(local_cloud_install_packages), V(auto) by default.
      type: raw
      sample: auto
    inconclusive_is_ok:
      description: Whether the outcome V(inconclusive) counts as success.
      type: bool
      sample: false
"""


def regression_choice(variables: Mapping[str, Any], *, local: Any, os_cloud: str, os_auth_url: str) -> dict[str, Any]:
    """Return the chosen cloud and the reason for the choice.

    Raise AnsibleFilterError if ``local`` has an unknown value.
    """
    try:
        return choose_cloud(variables, local=local, os_cloud=os_cloud, os_auth_url=os_auth_url)
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """Register the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"regression_choice": regression_choice}
