# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter local_cloud_installation decides whether the role local_cloud may install missing packages."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._local_cloud.packages import plan_installation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

DOCUMENTATION = r"""
name: local_cloud_installation
short_description: Decide whether a role may install the missing packages of a local cloud
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Decides whether the role may install packages with apt.
  - A user other than root needs C(become) to install packages. The role uses C(become) only if
    C(local_cloud_install_packages) is V(true).
options:
  _input:
    description: The names of the missing packages.
    type: list
    elements: str
    required: true
  machine:
    description: >-
      The facts about the machine. The filter uses C(user_uid), C(package_manager) and C(install_packages).
      P(stackproof.migration.local_cloud_hosts#filter) describes these keys.
    type: dict
    required: true
  files:
    description: Files that the packages contain. The message lists these files, because each distribution has its own
      package names.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Require that packages may be installed
  ansible.builtin.assert:
    that: installation.problem == ''
    fail_msg: "{{ installation.problem }}"
  vars:
    installation: "{{ ['rabbitmq-server'] | stackproof.migration.local_cloud_installation(machine=machine) }}"
"""

RETURN = r"""
_value:
  description: The decision.
  type: dict
  contains:
    become:
      description: Whether the installation needs C(become).
      type: bool
      sample: false
    problem:
      description: The reason why the role must not install the packages, and the action to take. Empty if the role may
        install the packages.
      type: str
      sample: ""
"""


def local_cloud_installation(
    missing: Iterable[str], machine: Mapping[str, Any], files: Iterable[str] = ()
) -> dict[str, Any]:
    """Return a plan for installing the missing packages, or the reason why the role must not install them."""
    return asdict(plan_installation(missing, machine, files))


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"local_cloud_installation": local_cloud_installation}
