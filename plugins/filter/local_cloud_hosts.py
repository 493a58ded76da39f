# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter local_cloud_hosts chooses the kind of compute hosts that a local cloud gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._local_cloud.hosts import choose_hosts

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
  - An existing cloud keeps its kind. A stop or a removal does not depend on the kind.
options:
  _input:
    description: The values of the machine that are known so far. A value that is not yet known is no obstacle.
    type: dict
    required: true
    suboptions:
      user_uid:
        description: The id of the user; 0 is root.
        type: int
      processor:
        description: The architecture of the processor.
        type: str
      package_manager:
        description: The package manager, as the fact C(pkg_mgr) names it.
        type: str
      namespaces:
        description: The result of a command that creates the namespaces of a host, with C(rc), C(stderr) and C(msg).
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
    description: The kind of the existing cloud, started or stopped. Empty if there is no cloud.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Show which hosts a new cloud gets
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
      description: Whether the machine must be observed, because the kind or the possibility of hosts depends on it.
      type: bool
      sample: true
    obstacle:
      description: The first obstacle to hosts that run guests. Empty if there is no obstacle.
      type: str
      sample: it needs root
    problem:
      description: Why the requested hosts are not possible, and what to do; empty if they are possible.
      type: str
      sample: ""
    message:
      description: The kind of hosts, and the reason.
      type: str
      sample: "The compute hosts run no guests. Hosts with guests are not possible on this machine: it needs root."
"""


def local_cloud_hosts(machine: Mapping[str, Any], hypervisor: str, state: str, found: str) -> dict[str, Any]:
    """Return the kind of the compute hosts, and messages about the choice."""
    return choose_hosts(hypervisor, state, found, machine)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"local_cloud_hosts": local_cloud_hosts}
