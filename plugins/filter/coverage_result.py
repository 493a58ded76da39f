# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter coverage_result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._coverage.outcome import result_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: coverage_result
short_description: Return the result of the role migration_coverage
version_added: 1.1.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the outcome of a coverage run, the outcome of each pair of hosts, and the hosts at fault.
  - The outcome is V(passed), V(failed), V(inconclusive), V(checked) or V(error).
options:
  _input:
    description:
      - A dictionary with the result of M(stackproof.migration.migration_matrix_info) under C(matrix), and with the
        events of the filter P(stackproof.migration.coverage_tour#filter) under C(events).
      - The compute hosts after the migrations are under C(hosts_after), in the form of
        RV(stackproof.migration.migration_matrix_info#module:hosts).
      - The other keys are C(cloud), C(inputs), C(run_id), C(check_mode), C(failure), C(cleanup_failure) and
        C(report_folder).
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
    migration_coverage_result: "{{ evidence | stackproof.migration.coverage_result(started=1.0, ended=2.0) }}"
"""

RETURN = r"""
_value:
  description:
    - The keys C(outcome), C(reason), C(cloud), C(inputs), C(run_id), C(report), C(seconds), C(hosts), C(groups),
      C(counts), C(prediction) and C(migrations).
    - C(cells) contains the outcome of each pair of hosts, and C(faults) contains the hosts and pairs at fault.
  type: dict
  sample: {outcome: failed, reason: "Live migrations to compute2 fail (from compute1, compute3)."}
"""


def coverage_result(evidence: Mapping[str, Any], *, started: float, ended: float) -> dict[str, Any]:
    """Return the result of the role migration_coverage."""
    return result_of(evidence, started=float(started), ended=float(ended))


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"coverage_result": coverage_result}
