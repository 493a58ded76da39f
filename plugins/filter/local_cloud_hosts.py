# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter local_cloud_hosts chooses the kind of the compute hosts of a local cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._local_cloud.hosts import (
    NO_LIMITS,
    NO_NETWORKS,
    NO_VOLUMES,
    ExistingCloud,
    Release,
    RequestedCloud,
    choose_hosts,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: local_cloud_hosts
short_description: Choose the kind of the compute hosts of a local cloud
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Chooses between compute hosts that run guests (V(libvirt)) and compute hosts that run no guests (V(fake)).
  - Compute hosts that run guests need root, an x86_64 processor, Linux namespaces, and packages of the operating
    system.
  - If the local cloud exists, the filter returns the kind of its compute hosts.
options:
  _input:
    description: A dictionary with facts about the machine that runs the local cloud. You can omit unknown facts.
    type: dict
    required: true
    suboptions:
      user_uid:
        description: The numeric id of the user. The id of root is 0.
        type: int
      processor:
        description: The architecture of the processor.
        type: str
      package_manager:
        description: The package manager of the machine, for example V(apt). Set it to the fact C(pkg_mgr).
        type: str
      namespaces:
        description: The result of a command that creates the Linux namespaces of a host. The result contains C(rc),
          C(stderr) and C(msg).
        type: dict
      distribution_python:
        description: The name of the program of the distribution's Python, for example V(python3.11).
        type: str
      release:
        description: The variables of the OpenStack release. Its hosts run guests only with the Python versions in
          C(python), and it has volumes only with the key C(volumes). Without this key, the release limits nothing.
        type: dict
      missing_packages:
        description: The operating system packages that hosts with guests need and that are not installed.
        type: list
        elements: str
      install_packages:
        description: The value of the input C(local_cloud_install_packages).
        type: str
      simulation:
        description: The result of the package manager's dry run. The result contains C(rc) and C(stderr).
        type: dict
  hypervisor:
    description: The value of the input C(local_cloud_hypervisor).
    type: str
    required: true
  state:
    description: The value of the input C(local_cloud_state).
    type: str
    required: true
  found:
    description: The kind of the compute hosts of the existing local cloud. Empty if there is no local cloud.
    type: str
    required: true
  volumes:
    description: The value of the input C(local_cloud_volumes).
    type: str
    default: none
  found_volumes:
    description: The kind of the volumes of the existing local cloud. Empty if it is unknown, or if there is no local
      cloud.
    type: str
    default: ""
  networks:
    description: The value of the input C(local_cloud_networks).
    type: str
    default: none
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
  description: The chosen kind of compute hosts, and messages about the choice.
  type: dict
  contains:
    kind:
      description: The chosen kind of hosts, V(fake) or V(libvirt).
      type: str
      sample: fake
    observe:
      description: Whether the role must read facts of the machine before it can choose the kind of hosts.
      type: bool
      sample: true
    obstacle:
      description: The first reason why the machine cannot run compute hosts with guests. Empty if the machine can run
        such hosts.
      type: str
      sample: it needs root
    problem:
      description: The reason why the machine cannot run the requested kind of hosts, and the action to take. Empty if
        the machine can run these hosts.
      type: str
      sample: ""
    volumes:
      description: The kind of volumes, V(none), V(fake), V(nfs) or V(rbd).
      type: str
      sample: none
    volumes_problem:
      description: The reason why the hosts cannot use the requested volumes, and the action to take. Empty if they can
        use them.
      type: str
      sample: ""
    networks_problem:
      description: The reason why the hosts cannot use the requested networks, and the action to take. Empty if they
        can use them.
      type: str
      sample: ""
    message:
      description: The chosen kind of compute hosts and the reason for the choice, as text.
      type: str
      sample: "The compute hosts run no guests. Hosts with guests are not possible on this machine: it needs root."
"""


def local_cloud_hosts(
    machine: Mapping[str, Any],
    hypervisor: str,
    state: str,
    found: str,
    volumes: str = NO_VOLUMES,
    found_volumes: str = "",
    networks: str = NO_NETWORKS,
) -> dict[str, Any]:
    release = Release.of(machine["release"]) if machine.get("release") else NO_LIMITS
    requested = RequestedCloud(hypervisor, state, volumes, networks, release)
    return choose_hosts(requested, ExistingCloud(found, found_volumes), machine)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"local_cloud_hosts": local_cloud_hosts}
