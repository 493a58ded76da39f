# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter local_upgrade_result summarizes the upgrade of a local cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._local_cloud.upgrade import result_of, summary_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: local_upgrade_result
short_description: Summarize the upgrade of a local cloud
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the outcome of an upgrade, with its steps, migrations and downtimes, and the lines of its summary.
options:
  _input:
    description: What the tasks of the role P(stackproof.migration.local_upgrade#role) have found.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Set the result
  ansible.builtin.set_fact:
    local_upgrade_result: "{{ recorded | stackproof.migration.local_upgrade_result }}"
"""

RETURN = r"""
_value:
  description: The outcome, the steps, and the list C(summary).
  type: dict
  sample:
    outcome: passed
    release: "2026.2"
    steps: []
    summary: ["outcome    passed"]
"""


def local_upgrade_result(recorded: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of an upgrade with its summary."""
    result = result_of(recorded)
    return {**result, "summary": summary_of(result)}


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"local_upgrade_result": local_upgrade_result}
