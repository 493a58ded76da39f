# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a local cloud cannot be used without installing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: local_cloud_refusal
short_description: Say why a local cloud cannot be used without installing anything
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - A local cloud that is there already, started or stopped, can be used. A new one can be used where it needs no
    package of the operating system that is missing.
  - With O(_input.hypervisor=auto) a new cloud needs the packages of the services alone. Where packages for guests are
    missing, its compute hosts run no guests.
options:
  _input:
    description: >-
      The fact C(local_cloud_inspection) of the role P(stackproof.migration.local_cloud#role), which its entry point
      C(inspect) sets.
    type: dict
    required: true
    suboptions:
      found:
        description: Whether the cloud is there, started or stopped.
        type: bool
        required: true
      hypervisor:
        description: The input C(local_cloud_hypervisor).
        type: str
        required: true
      missing_service_packages:
        description: The missing packages that any local cloud needs.
        type: list
        elements: str
        required: true
      missing_guest_packages:
        description: The missing packages that compute hosts with guests need besides.
        type: list
        elements: str
        required: true
"""

EXAMPLES = r"""
- name: Inspect the local cloud
  ansible.builtin.include_role:
    name: stackproof.migration.local_cloud
    tasks_from: inspect

- name: Require that nothing has to be installed
  ansible.builtin.assert:
    that: refusal == ''
    fail_msg: "{{ refusal }}"
  vars:
    refusal: "{{ local_cloud_inspection | stackproof.migration.local_cloud_refusal }}"
"""

RETURN = r"""
_value:
  description: The reason and the ways to go on; empty when the cloud can be used.
  type: str
  sample: >-
    No cloud is named, and a local cloud needs packages of the operating system that are missing: rabbitmq-server.
    Nothing is changed. Name a cloud (OS_CLOUD=… or -e regression_cloud=…), or add -e regression_local=true, which
    brings up a local cloud and, as root, installs these packages.
"""


def local_cloud_refusal(inspection: Mapping[str, Any]) -> str:
    """Say which packages are missing and how to go on; empty when the cloud can be used."""
    missing = _missing(inspection)
    if inspection["found"] or not missing:
        return ""
    return (
        "No cloud is named, and a local cloud needs packages of the operating system that are missing:"
        f" {', '.join(missing)}. Nothing is changed. Name a cloud (OS_CLOUD=… or -e regression_cloud=…), or add"
        " -e regression_local=true, which brings up a local cloud and, as root, installs these packages."
    )


def _missing(inspection: Mapping[str, Any]) -> list[str]:
    with_guests = inspection["hypervisor"] == "libvirt"
    guests = inspection["missing_guest_packages"] if with_guests else []
    return sorted({*inspection["missing_service_packages"], *guests})


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., str]]:
        return {"local_cloud_refusal": local_cloud_refusal}
