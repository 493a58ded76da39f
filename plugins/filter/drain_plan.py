# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter drain_plan returns the plan of a drain as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._drain.texts import plan_lines
from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import switch_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: drain_plan
short_description: Return the plan of a drain as lines of text
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the plan that the role P(stackproof.migration.host_drain#role) shows before the first change.
options:
  _input:
    description:
      - A dictionary with the results of the earlier tasks, as for the filter
        P(stackproof.migration.drain_result#filter).
      - The key C(target) is the compute host to which all servers are moved. The key C(target) is empty if the
        scheduler chooses a host for each server.
    type: dict
    required: true
  bring_back:
    description: Whether the role moves servers back to the host. The filter accepts strings such as V(yes).
    type: raw
    default: false
"""

EXAMPLES = r"""
- name: Show the plan
  ansible.builtin.debug:
    msg: "{{ recorded | stackproof.migration.drain_plan }}"
"""

RETURN = r"""
_value:
  description: The plan of the drain as lines of text. The list is empty if the role did not read the host.
  type: list
  elements: str
  sample:
    - "cloud      mycloud, region RegionOne, https://cloud.example.org:5000/v3"
    - "host       compute1: enabled, up"
    - "targets    compute2, compute3"
    - "servers    1, 1 by live migration"
    - "live       web-1 (5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e): has room on compute2, compute3"
"""


def drain_plan(drain: Mapping[str, Any], *, bring_back: Any = False) -> list[str]:
    """Return the lines of the plan of a drain."""
    return plan_lines(drain, bring_back=bool(switch_of(bring_back)))


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"drain_plan": drain_plan}
