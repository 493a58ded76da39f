# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter profiles_outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.profiles import outcome_of_profiles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DOCUMENTATION = r"""
name: profiles_outcome
short_description: Evaluate a test of many hosts with several kinds of servers
version_added: 1.1.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the outcome of all profiles together. If no profile is applicable, the outcome is V(inconclusive).
options:
  _input:
    description: The fact C(migration_coverage_profiles), with C(profile), C(outcome) and C(reason) of each profile.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the outcome
  ansible.builtin.debug:
    msg: "{{ migration_coverage_profiles | stackproof.migration.profiles_outcome }}"
"""

RETURN = r"""
_value:
  description: The keys C(outcome) and C(reason).
  type: dict
  sample: {outcome: passed, reason: ""}
"""


def profiles_outcome(profiles: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the outcome of all profiles together."""
    return outcome_of_profiles(profiles)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, str]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"profiles_outcome": profiles_outcome}
