# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter regression_choice chooses a cloud for the playbook regression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError
from ansible_collections.stackproof.migration.plugins.module_utils._cycle.regression import choose_cloud

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: regression_choice
short_description: Choose a cloud for the playbook regression
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - If a variable such as C(regression_cloud) names a cloud, the filter chooses this cloud.
  - With O(local=true), the filter chooses a local cloud if no variable names a cloud.
  - If no variable names a cloud and O(local) is false, the filter chooses the cloud in the environment variables.
  - If no cloud is named, the filter chooses V(local_if_ready). The run then uses a local cloud, if all packages are
    installed.
options:
  _input:
    description:
      - The inputs of the playbook and of its roles. The keys are the names of the inputs. An input without a value is
        an empty string.
      - The filter reads the variables C(regression_cloud), C(migration_cycle_cloud), C(regression_inconclusive_is_ok),
        C(migration_cycle_inconclusive_is_ok) and C(local_cloud_install_packages).
    type: dict
    required: true
  local:
    description:
      - V(true) requests a local cloud. The run may then install operating system packages, if
        C(local_cloud_install_packages) allows it.
      - V(false) never uses a local cloud.
      - V(auto) uses a local cloud only if no cloud is named and no package must be installed.
    type: str
    choices: [auto, "true", "false"]
    required: true
  os_cloud:
    description: The value of the environment variable E(OS_CLOUD).
    type: str
    required: true
  os_auth_url:
    description: The value of the environment variable E(OS_AUTH_URL).
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
  description: A dictionary with the chosen cloud and the settings of the run.
  type: dict
  contains:
    use:
      description:
        - V(cloud) means that a variable or the environment names a cloud.
        - V(local) means that the run uses a local cloud, because O(local=true) is set.
        - V(local_if_ready) means that the run uses a local cloud if all its packages are installed.
      type: str
      sample: local_if_ready
    cloud:
      description:
        - Name of the cloud in C(clouds.yaml). Empty for a local cloud, for a dictionary of settings, and for a cloud in
          the environment variables.
      type: str
      sample: mycloud
    reason:
      description: The reason why the run uses a local cloud. Empty if the run uses another cloud.
      type: str
      sample: >-
        The run uses the local cloud on this machine, because no cloud is named. The run installs no packages.
    install_packages:
      description: Value for the input C(local_cloud_install_packages). The default is V(auto).
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
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"regression_choice": regression_choice}
