# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter scenarios_result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.outcome import result_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: scenarios_result
short_description: Evaluate the steps of the role migration_scenarios
version_added: 1.1.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the value of the fact C(migration_scenarios_result).
  - The outcome is V(failed) if a scenario failed. A known issue of the Nova release is not red. If no scenario is
    applicable, the outcome is V(inconclusive).
options:
  _input:
    description:
      - The keys C(cloud), C(inputs), C(run_id), C(check_mode), C(failure), C(cleanup_failure) and C(report_folder).
      - C(preflight) is the result of the module M(stackproof.migration.migration_preflight), and C(run) is that of
        M(stackproof.migration.migration_scenarios).
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
    migration_scenarios_result: "{{ evidence | stackproof.migration.scenarios_result(started=1.0, ended=2.0) }}"
"""

RETURN = r"""
_value:
  description:
    - The keys C(outcome), C(reason), C(cloud), C(microversion), C(versions), C(inputs), C(run_id), C(started),
      C(ended), C(seconds), C(hosts), C(counts), C(deleted), C(failure) and C(report).
    - C(scenarios) contains the result of each scenario.
  type: dict
  sample: {outcome: failed, reason: "1 of 12 scenarios failed. live-migration/paused: …"}
"""


def scenarios_result(evidence: Mapping[str, Any], *, started: float, ended: float) -> dict[str, Any]:
    """Return the result of the role migration_scenarios."""
    return result_of(evidence, started=float(started), ended=float(ended))


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"scenarios_result": scenarios_result}
