# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter cycle_preflight summarizes the preflight of a migration cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle import preflight_summary
from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import switch_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DOCUMENTATION = r"""
name: cycle_preflight
short_description: Summarize the preflight of a migration cycle
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns texts that summarize the preflight. The texts describe the cloud, the chosen image and flavor, the problems,
    and the orphaned servers of earlier runs.
options:
  _input:
    description: The result of the module M(stackproof.migration.migration_preflight), or an empty dictionary if the
      module did not run.
    type: dict
    required: true
  inputs:
    description: A dictionary with all inputs of the role P(stackproof.migration.migration_cycle#role). The keys are the
      names of the inputs.
    type: dict
    required: true
  orphaned_servers:
    description: The orphaned servers of earlier runs.
    type: list
    elements: dict
    default: []
  orphaned_resources:
    description: The orphaned volumes, ports and server groups of earlier runs.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Show the preflight
  ansible.builtin.debug:
    msg: "{{ (preflight | stackproof.migration.cycle_preflight(inputs=inputs)).lines }}"
"""

RETURN = r"""
_value:
  description: The texts that summarize the preflight.
  type: dict
  contains:
    cloud:
      description: The name of the cloud, the region and the URL of the Identity service. Values that are unknown are
        left out.
      type: str
      sample: mycloud, region RegionOne, https://cloud.example.org:5000/v3
    lines:
      description: Lines that describe the cloud, the user, the hosts, the image and the flavor. Empty if the preflight
        read no values.
      type: list
      elements: str
      sample: ["hosts      compute1, compute2"]
    orphaned_servers:
      description: A message that lists the orphaned servers and resources. Empty if there are none.
      type: str
      sample: "Orphaned servers of ended runs: migration-cycle-1 (count=1). The servers are deleted now."
    orphaned_runs:
      description: The ids of the earlier runs that the orphaned volumes, ports and server groups belong to.
      type: list
      elements: str
      sample: ["20260401T100000Z-ab12cd34"]
    problem:
      description: The messages of all problems. Empty if there is no problem.
      type: str
      sample: ""
"""


def cycle_preflight(
    preflight: Mapping[str, Any],
    inputs: Mapping[str, Any],
    orphaned_servers: Sequence[Mapping[str, Any]] = (),
    orphaned_resources: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    removed = bool(switch_of(inputs.get("migration_cycle_remove_orphaned_servers")))
    return {
        "cloud": preflight_summary.cloud_text(inputs.get("migration_cycle_cloud"), preflight),
        "lines": preflight_summary.summary_lines(preflight, inputs),
        "orphaned_servers": preflight_summary.orphans_text(orphaned_servers, orphaned_resources, removed=removed),
        "orphaned_runs": sorted({str(one["run_id"]) for one in orphaned_resources}),
        "problem": " ".join(str(problem["message"]) for problem in preflight.get("problems") or []),
    }


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"cycle_preflight": cycle_preflight}
