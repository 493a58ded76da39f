# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter drain_result returns the result of the role host_drain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._drain.outcome import result_of
from ansible_collections.stackproof.migration.plugins.module_utils._module.role_seconds import between

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: drain_result
short_description: Return the result of a drain
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the fact C(host_drain_result), which the role P(stackproof.migration.host_drain#role) sets.
options:
  _input:
    description:
      - The same dictionary as for the filter P(stackproof.migration.drain_outcome#filter), with five more keys. These
        keys are C(run_id), C(cloud), C(inputs), C(notifications) and C(report_folder).
      - C(run_id) is the id of the run. C(cloud) is the input that selects the cloud. C(inputs) contains all inputs of
        the role by name. C(notifications) is a list of
        RV(stackproof.migration.server_live_migrate#module:notifications). C(report_folder) is the result of the task
        that creates the folder of the report.
    type: dict
    required: true
  started:
    description: Start of the run in seconds since the epoch, as a number or a string.
    type: raw
    required: true
  ended:
    description: End of the run in seconds since the epoch, as a number or a string.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Set the result
  ansible.builtin.set_fact:
    result: "{{ recorded | stackproof.migration.drain_result(started=started, ended=now(utc=true).timestamp()) }}"
"""

RETURN = r"""
_value:
  description:
    - The result of the drain.
    - See the filter P(stackproof.migration.drain_outcome#filter) for C(outcome), C(reason), C(moved), C(left) and
      C(gone).
  type: dict
  contains:
    host:
      description: The compute host.
      type: str
      sample: compute1
    cloud:
      description: The cloud, with the region and the URL of the Identity service if they are known.
      type: str
      sample: mycloud, region RegionOne, https://cloud.example.org:5000/v3
    microversion:
      description: The microversions of the Compute API. Null if the role did not read the host.
      type: dict
      sample: {min: "2.1", max: "2.104"}
    inputs:
      description: The inputs that the report shows. The keys are the names of the inputs without the prefix
        C(host_drain_).
      type: dict
      sample: {host: compute1, state: drained, cold: true}
    service:
      description:
        - The compute service at the end of the run. In check mode, this is the compute service at the start of the run.
          Empty if the role did not read the service.
      type: dict
      sample: {status: disabled, state: up}
    service_change:
      description: >-
        The new status of the compute service, V(enabled) or V(disabled). In check mode, this is the predicted status.
        Empty if the status does not change.
      type: str
      sample: disabled
    since:
      description: Time at which the drain started. Empty if the time is unknown.
      type: str
      sample: "2026-04-01T10:00:00Z"
    migrations:
      description: The migrations, in the form in which the migration modules return them.
      type: list
      elements: dict
      sample: []
    notifications:
      description:
        - Whether the modules received the notifications of Nova, with one entry for each module call that waited for
          migrations. Empty if the input C(host_drain_notifications) is not set.
        - See RV(stackproof.migration.server_live_migrate#module:notifications) for the keys of the entries.
      type: list
      elements: dict
      sample: []
    plan:
      description:
        - In check mode, the servers that the role would move.
        - The entries have the form of RV(stackproof.migration.host_drain_info#module:servers).
      type: list
      elements: dict
      sample: []
    problems:
      description: The reasons why the drain cannot succeed, according to the plan. The entries have the keys of
        RV(stackproof.migration.host_drain_info#module:problems).
      type: list
      elements: dict
      sample: []
    unknown:
      description: Messages about values that the user may not read, such as host aggregates.
      type: list
      elements: str
      sample: []
    run_id:
      description: The id of the run.
      type: str
      sample: drained-compute1-20260401T100000Z
    check_mode:
      description: Whether the run was in check mode.
      type: bool
      sample: false
    report:
      description: Path of the file with the result. Empty in check mode, or if the role cannot write the file.
      type: str
      sample: /home/operator/reports/drained-compute1-20260401T100000Z/drain.json
    seconds:
      description: Duration of the run in seconds.
      type: float
      sample: 42.5
"""


def drain_result(drain: Mapping[str, Any], started: float | str, ended: float | str) -> dict[str, Any]:
    return result_of(drain, seconds=between(started, ended))


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"drain_result": drain_result}
