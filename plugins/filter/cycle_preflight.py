# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preflight of a migration cycle found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle import preflight_summary
from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import switch_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DOCUMENTATION = r"""
name: cycle_preflight
short_description: Say what the preflight of a migration cycle found
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Says which cloud a cycle runs against, what was found and chosen, and what happens to servers that earlier
    runs left.
options:
  _input:
    description: What M(stackproof.migration.migration_preflight) returned; empty where it was not reached.
    type: dict
    required: true
  inputs:
    description: All inputs of the role P(stackproof.migration.migration_cycle#role) by their names.
    type: dict
    required: true
  orphaned:
    description: The servers of runs that are over.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Show what was found
  ansible.builtin.debug:
    msg: "{{ (preflight | stackproof.migration.cycle_preflight(inputs=inputs)).lines }}"
"""

RETURN = r"""
_value:
  description: What there is to say.
  type: dict
  contains:
    cloud:
      description: The cloud with its region and the URL of its Keystone, as far as they are known.
      type: str
      sample: mycloud, region RegionOne, https://cloud.example.org:5000/v3
    lines:
      description: Cloud, user, hosts, image and flavor; empty where the preflight found none of it.
      type: list
      elements: str
      sample: ["hosts      compute1, compute2"]
    orphaned:
      description: What happens to the servers in O(orphaned).
      type: str
      sample: "1 servers of runs that are over: migration-cycle-1. They are deleted now."
    problem:
      description: The messages of the preflight's problems; empty where there is none.
      type: str
      sample: ""
"""


def cycle_preflight(
    preflight: Mapping[str, Any], inputs: Mapping[str, Any], orphaned: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The cloud, what was chosen, and what is in the way."""
    removed = bool(switch_of(inputs.get("migration_cycle_remove_orphaned_servers")))
    return {
        "cloud": preflight_summary.cloud_text(inputs.get("migration_cycle_cloud"), preflight),
        "lines": preflight_summary.lines(preflight, inputs),
        "orphaned": preflight_summary.orphaned_text(orphaned, removed=removed) if orphaned else "",
        "problem": " ".join(str(problem["message"]) for problem in preflight.get("problems") or []),
    }


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"cycle_preflight": cycle_preflight}
