# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter scenarios_summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.outcome import summary_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: scenarios_summary
short_description: Summarize a run of scenarios
version_added: 1.1.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the result of the role P(stackproof.migration.migration_scenarios#role) as lines of text.
options:
  _input:
    description: The result of the filter P(stackproof.migration.scenarios_result#filter).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the summary
  ansible.builtin.debug:
    msg: "{{ migration_scenarios_result | stackproof.migration.scenarios_summary }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
  sample: ["outcome     passed", "scenarios  10 passed"]
"""


def scenarios_summary(result: Mapping[str, Any]) -> list[str]:
    """Return the summary as lines of text."""
    return summary_lines(result)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"scenarios_summary": scenarios_summary}
