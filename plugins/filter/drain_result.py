# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role host_drain returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._drain.outcome import result_of
from ansible_collections.stackproof.migration.plugins.module_utils._module.role_seconds import between

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: drain_result
short_description: Put the result of a drain together
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Puts together what the role P(stackproof.migration.host_drain#role) returns as the fact C(host_drain_result).
options:
  _input:
    description:
      - What was found, as P(stackproof.migration.drain_outcome#filter) takes it.
      - Besides, C(host) is the compute host and C(run_id) the id of the run; C(disabled), C(enabled) and C(reenabled)
        are what M(stackproof.migration.compute_service) returned, as far as it was used; C(folder) is what
        M(stackproof.migration.cycle_report) returned of the report's folder.
    type: dict
    required: true
  back:
    description: Whether servers were to be brought back.
    type: bool
    default: false
  started:
    description: When the run started, in seconds since the epoch. It may be a string.
    type: raw
    required: true
  ended:
    description: When it ended, in seconds since the epoch. It may be a string.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Put the result together
  ansible.builtin.set_fact:
    result: "{{ found | stackproof.migration.drain_result(started=started, ended=now(utc=true).timestamp()) }}"
"""

RETURN = r"""
_value:
  description:
    - The result. C(outcome), C(reason), C(moved), C(left) and C(gone) are as
      P(stackproof.migration.drain_outcome#filter) returns them.
  type: dict
  contains:
    host:
      description: The compute host.
      type: str
      sample: compute1
    service:
      description: The compute service as it was left; empty where none was looked at.
      type: dict
      sample: {status: disabled, state: up}
    since:
      description: Since when the host is drained; empty where that is not known.
      type: str
      sample: "2026-04-01T10:00:00Z"
    migrations:
      description: The migrations, as the modules returned them.
      type: list
      elements: dict
      sample: []
    plan:
      description: In check mode the servers on the host, as M(stackproof.migration.host_drain_info) lists them.
      type: list
      elements: dict
      sample: []
    run_id:
      description: The id of the run.
      type: str
      sample: drained-compute1-20260401T100000Z
    report:
      description: The file into which the result is written; empty in check mode, and where it cannot be written.
      type: str
      sample: /home/operator/reports/drained-compute1-20260401T100000Z/drain.json
    seconds:
      description: How long the run took, in seconds.
      type: float
      sample: 42.5
"""


def drain_result(
    drain: Mapping[str, Any], started: float | str, ended: float | str, *, back: bool = False
) -> dict[str, Any]:
    """The result of a run."""
    return result_of(drain, back=back, seconds=between(started, ended))


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"drain_result": drain_result}
