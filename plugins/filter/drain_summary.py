# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter drain_summary returns the summary of a drain as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._drain.texts import summary_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: drain_summary
short_description: Return the summary of a drain as lines of text
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the summary that the role P(stackproof.migration.host_drain#role) shows at the end of a run.
options:
  _input:
    description: The result that the filter P(stackproof.migration.drain_result#filter) returned.
    type: dict
    required: true
  state:
    description: The requested state of the host, V(drained) or V(undrained).
    type: str
    default: drained
"""

EXAMPLES = r"""
- name: Show the summary
  ansible.builtin.debug:
    msg: "{{ host_drain_result | stackproof.migration.drain_summary }}"
"""

RETURN = r"""
_value:
  description: The lines of the summary.
  type: list
  elements: str
  sample:
    - "outcome    drained"
    - "cloud      mycloud, region RegionOne, https://cloud.example.org:5000/v3"
    - "host       compute1, disabled"
    - "moved      3"
"""


def drain_summary(result: Mapping[str, Any], *, state: str = "drained") -> list[str]:
    """Return the lines of the summary of a drain."""
    return summary_lines(result, state=state)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"drain_summary": drain_summary}
