# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter readiness_result returns the result of the role migration_readiness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._readiness.outcome import result_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: readiness_result
short_description: Return the result of a readiness report
version_added: 1.1.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the fact C(migration_readiness_result) of the role P(stackproof.migration.migration_readiness#role).
  - The outcome is V(ready) if all hosts can be emptied, as many at the same time as requested. It is V(doubtful) if a
    host is doubtful or its room is unknown, and V(blocked) if a host cannot be emptied. It is V(error) if the cloud
    could not be read.
options:
  _input:
    description:
      - A dictionary with the result of M(stackproof.migration.migration_readiness_info) under C(readiness).
      - The other keys are C(cloud), C(inputs), C(run_id), C(check_mode), C(failure) and C(report_folder).
    type: dict
    required: true
  started:
    description: The start of the run, in seconds since 1970.
    type: float
    required: true
  ended:
    description: The end of the run, in seconds since 1970.
    type: float
    required: true
"""

EXAMPLES = r"""
- name: Set the result
  ansible.builtin.set_fact:
    migration_readiness_result: "{{ evidence | stackproof.migration.readiness_result(started=1.0, ended=2.0) }}"
"""

RETURN = r"""
_value:
  description:
    - The keys C(outcome), C(reason), C(cloud), C(inputs), C(run_id), C(report) and C(seconds), and the keys of
      M(stackproof.migration.migration_readiness_info).
  type: dict
  sample: {outcome: blocked, reason: 1 host cannot be emptied.}
"""


def readiness_result(evidence: Mapping[str, Any], *, started: float, ended: float) -> dict[str, Any]:
    """Return the result of the role migration_readiness."""
    return result_of(evidence, seconds=round(float(ended) - float(started), 1))


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"readiness_result": readiness_result}
