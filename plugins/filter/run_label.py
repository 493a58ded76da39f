# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter run_label returns the id of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.interrupt_notice import end_run, start_run

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTATION = r"""
name: run_label
short_description: Return the id of a run, and print a message if the run is interrupted
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the id of a run.
  - Use this filter only in the name of a task, because Ansible evaluates task names in the process of
    C(ansible-playbook).
  - Use the filter with O(ended=true) in the last task of the run. If the run stops before this task,
    C(ansible-playbook) prints a command that deletes the servers of the run.
options:
  _input:
    description: Id of the run.
    type: str
    required: true
  cloud:
    description: The cloud of the run. The value has the form of O(stackproof.migration.server_batch#module:cloud).
    type: raw
    default: ""
  scenarios:
    description:
      - Whether the run is one of the role P(stackproof.migration.migration_scenarios#role). The command then also
        deletes private flavors and images, and enables compute services.
    type: bool
    default: false
  ended:
    description: Whether the run has ended.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Boot servers of run {{ run.stackproof_run | stackproof.migration.run_label(cloud='mycloud') }}
  stackproof.migration.server_batch:
    cloud: mycloud
    name: probe
    image: cirros
    flavor: m1.tiny
    metadata: "{{ run }}"

- name: Show the result of run {{ run.stackproof_run | stackproof.migration.run_label(ended=true) }}
  ansible.builtin.debug:
"""

RETURN = r"""
_value:
  description: The id of the run.
  type: str
  sample: 20260401T100000Z-a1b2c3
"""


def run_label(run_id: str, cloud: Any = "", *, scenarios: bool = False, ended: bool = False) -> str:
    """Record whether the run has ended, and return the run id.

    Ansible prints a message at its exit if a run has not ended.
    """
    if ended:
        end_run(str(run_id))
    else:
        start_run(str(run_id), cloud, scenarios=scenarios)
    return str(run_id)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., str]]:
        return {"run_label": run_label}
