# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter readiness_summary returns the summary of a readiness report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._readiness.outcome import summary_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: readiness_summary
short_description: Return the summary of a readiness report as lines of text
version_added: 1.1.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the summary that the role P(stackproof.migration.migration_readiness#role) shows at the end of a run.
options:
  _input:
    description: The result that the filter P(stackproof.migration.readiness_result#filter) returned.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the summary
  ansible.builtin.debug:
    msg: "{{ migration_readiness_result | stackproof.migration.readiness_summary }}"
"""

RETURN = r"""
_value:
  description: The lines of the summary.
  type: list
  elements: str
  sample:
    - "outcome    ready"
    - "hosts      4 can be emptied"
"""


def readiness_summary(result: Mapping[str, Any]) -> list[str]:
    """Return the lines of the summary."""
    return summary_lines(result)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"readiness_summary": readiness_summary}
