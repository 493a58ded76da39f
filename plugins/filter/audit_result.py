# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter audit_result returns the result of the role migration_audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._audit.outcome import (
    must_fail,
    result_of,
    summary_lines,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.role_seconds import between

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: audit_result
short_description: Return the result of an audit
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the fact C(migration_audit_result), which the role P(stackproof.migration.migration_audit#role) sets.
  - The outcome is V(clean) if nothing was left behind, V(findings) if something was left behind, and V(incomplete) if
    there are no findings but the user cannot read a part of the cloud. If a task failed, the outcome is V(error).
options:
  _input:
    description:
      - A dictionary with the recorded results of the tasks. C(audit) is the result of
        M(stackproof.migration.migration_audit_info). C(repair) is the result of
        M(stackproof.migration.migration_audit_repair), or empty. C(failure) contains the C(reason) of a failed task.
      - C(run_id) is the id of the run. C(cloud) is the input that selects the cloud. C(inputs) contains all inputs of
        the role by name. C(check_mode) is true in check mode. C(report_folder) and C(refusal_folder) are the results
        of the tasks that create the folder of the report, before the audit and after a refused input.
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
  fail_on:
    description: When the role fails, V(never), V(blocking) or V(any).
    type: str
    default: never
"""

EXAMPLES = r"""
- name: Set the result
  ansible.builtin.set_fact:
    result: "{{ recorded | stackproof.migration.audit_result(started=started, ended=now(utc=true).timestamp()) }}"
"""

RETURN = r"""
_value:
  description: A dictionary with the result, the lines of its summary, and whether the role fails.
  type: dict
  contains:
    result:
      description:
        - The result. Its keys C(findings), C(counts), C(examined), C(not_examined), C(unknown), C(requests), C(since)
          and C(microversion) have the values that M(stackproof.migration.migration_audit_info) returned.
        - Each finding also has the key C(repair) with the outcome of its repair, which is empty if no repair was
          requested. C(repairs) lists the repairs. C(blocking) is the number of findings that block a migration, without
          the repaired findings.
        - C(outcome), C(reason), C(run_id), C(report) and C(seconds) describe the run.
      type: dict
      sample: {outcome: clean, reason: "", findings: [], blocking: 0}
    summary:
      description: The lines of the summary.
      type: list
      elements: str
      sample: ["outcome    clean"]
    fails:
      description: Whether the role fails.
      type: bool
      sample: false
"""


def audit_result(
    run: Mapping[str, Any], started: float | str, ended: float | str, *, fail_on: str = "never"
) -> dict[str, Any]:
    """Return the result of an audit, its summary, and whether the role fails."""
    result = result_of(run, seconds=between(started, ended))
    return {"result": result, "summary": summary_lines(result), "fails": must_fail(result, fail_on)}


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"audit_result": audit_result}
