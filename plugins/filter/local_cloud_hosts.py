# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which kind of compute hosts a local cloud gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._local_cloud.hosts import choice_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: local_cloud_hosts
short_description: Choose the kind of compute hosts that a local cloud gets
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Compute hosts that run guests need root, an x86_64 processor, Linux namespaces, and packages of the
    operating system.
  - A cloud that is there keeps its kind. To stop or remove a cloud the kind does not matter.
options:
  _input:
    description: What is observed of the machine so far. What is not there yet is no reason against guests.
    type: dict
    required: true
    suboptions:
      user_uid:
        description: The user's number; 0 is root.
        type: int
      processor:
        description: The architecture of the processor.
        type: str
      package_manager:
        description: The package manager, as the fact C(pkg_mgr) names it.
        type: str
      namespaces:
        description: The result of a command that makes what a host is made of, with C(rc), C(stderr) and C(msg).
        type: dict
      missing_packages:
        description: The packages that hosts with guests need and that are not installed.
        type: list
        elements: str
      install_packages:
        description: The input C(local_cloud_install_packages).
        type: str
      simulation:
        description: The result of a simulated installation of these packages, with C(rc) and C(stderr).
        type: dict
  hypervisor:
    description: The input C(local_cloud_hypervisor).
    type: str
    required: true
  state:
    description: The input C(local_cloud_state).
    type: str
    required: true
  found:
    description: The kind of the cloud that is there, started or stopped; empty where there is none.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Say which hosts a new cloud gets
  ansible.builtin.debug:
    msg: "{{ choice.message }}"
  vars:
    choice: "{{ machine | stackproof.migration.local_cloud_hosts(hypervisor='auto', state='started', found='') }}"
"""

RETURN = r"""
_value:
  description: The choice.
  type: dict
  contains:
    kind:
      description: V(fake) or V(libvirt).
      type: str
      sample: fake
    observe:
      description: Whether the kind, or whether there can be such hosts, depends on the machine.
      type: bool
      sample: true
    hindrance:
      description: The first reason why there can be no hosts that run guests; empty where there can.
      type: str
      sample: it needs root
    problem:
      description: Why the hosts that are asked for cannot be had, and how to go on; empty where they can.
      type: str
      sample: ""
    message:
      description: Which hosts it will be, and why.
      type: str
      sample: "The compute hosts run no guests, because that cannot be had here: it needs root."
"""


def local_cloud_hosts(machine: Mapping[str, Any], hypervisor: str, state: str, found: str) -> dict[str, Any]:
    """The kind of hosts, and what is to be said of it."""
    return choice_of(hypervisor, state, found, machine)


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"local_cloud_hosts": local_cloud_hosts}
