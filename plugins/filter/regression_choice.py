# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cloud the playbook regression runs against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: regression_choice
short_description: Choose the cloud that the playbook regression runs against
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - A cloud that a variable names comes first, then a local cloud that is asked for with O(_input.local=true), then the
    cloud that the environment names.
  - Where none of these is given, a local cloud may be used, but nothing may be installed for it. The filter
    P(stackproof.migration.local_cloud_refusal#filter) then says whether it can be.
options:
  _input:
    description: What names a cloud.
    type: dict
    required: true
    suboptions:
      cloud:
        description: The variable C(regression_cloud), or else C(migration_cycle_cloud); empty when neither is set.
        type: raw
        required: true
      local:
        description:
          - The variable C(regression_local).
          - V(true) asks for a local cloud, and allows to install packages of the operating system for it where
            C(local_cloud_install_packages) does. V(false) never uses a local cloud. V(auto) uses one where no cloud is
            named and nothing has to be installed.
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
    choice: "{{ given | stackproof.migration.regression_choice }}"
  vars:
    given:
      cloud: "{{ regression_cloud | default('') }}"
      local: "{{ regression_local | default('auto') }}"
      os_cloud: "{{ lookup('ansible.builtin.env', 'OS_CLOUD') }}"
      os_auth_url: "{{ lookup('ansible.builtin.env', 'OS_AUTH_URL') }}"
"""

RETURN = r"""
_value:
  description: The choice.
  type: dict
  contains:
    use:
      description:
        - V(cloud) for the cloud in RV(_value.cloud), V(local) for a local cloud that was asked for, and
          V(local_if_ready) for a local cloud for which nothing may be installed.
      type: str
      sample: local_if_ready
    cloud:
      description: The cloud's name, or a dictionary with its entry; empty leaves it to the environment.
      type: raw
      sample: mycloud
    reason:
      description: Why a local cloud is used, as a sentence; empty for another cloud.
      type: str
      sample: "No cloud is named, so the local cloud on this machine is used. Nothing is installed for it."
"""

AUTO = "auto"
ASKED = "A local cloud on this machine is used, because regression_local=true asks for it."
READY = "No cloud is named, so the local cloud on this machine is used. Nothing is installed for it."


def regression_choice(given: Mapping[str, Any]) -> dict[str, Any]:
    """Choose by what is given; raises an error for a value of ``local`` that is none."""
    local = _wanted(given["local"])
    if given["cloud"]:
        return _choice("cloud", cloud=given["cloud"])
    if local is True:
        return _choice("local", reason=ASKED)
    if given["os_cloud"] or given["os_auth_url"] or local is False:
        return _choice("cloud", cloud=given["os_cloud"])
    return _choice("local_if_ready", reason=READY)


def _choice(use: str, cloud: object = "", reason: str = "") -> dict[str, Any]:
    return {"use": use, "cloud": cloud, "reason": reason}


def _wanted(local: object) -> bool | None:
    """Whether a local cloud is wanted; None when that is left open."""
    if local == AUTO:
        return None
    try:
        return bool(boolean(local))
    except TypeError as error:
        msg = f"regression_local must be auto, true or false, and is {local!r}."
        raise AnsibleFilterError(msg) from error


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"regression_choice": regression_choice}
