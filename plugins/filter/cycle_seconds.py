# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter cycle_seconds computes the duration of each step of a migration cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.step_seconds import seconds_by_step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: cycle_seconds
short_description: Compute the duration of each step of a migration cycle
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Computes the duration of each step of the role P(stackproof.migration.migration_cycle#role). The filter accepts
    numbers as strings.
options:
  _input:
    description:
      - A dictionary with the results of the steps. The keys are C(preflight), C(boot), C(migrate), C(wait),
        C(diagnosis), C(control_boot), C(control_migrate) and C(cleanup). A result is empty if the step did not run.
      - The key C(failure) describes why the migration cycle failed. C(failure) is empty if the migration cycle did not
        fail.
    type: dict
    required: true
  started:
    description: Start of the run in seconds since the epoch.
    type: float
    required: true
  ended:
    description: End of the run in seconds since the epoch.
    type: float
    required: true
"""

EXAMPLES = r"""
- name: Show the duration of a cycle
  ansible.builtin.debug:
    msg: "{{ (results | stackproof.migration.cycle_seconds(started=started, ended=now(utc=true).timestamp())).total }}"
"""

RETURN = r"""
_value:
  description: >-
    The duration of each step in seconds. C(ansible) is the time that Ansible itself needs. C(diagnosis) and C(control)
    exist only if the cycle failed.
  type: dict
  sample: {preflight: 1.2, boot: 6.1, migrate: 0.4, wait: 5.0, cleanup: 3.3, ansible: 1.9, total: 17.9}
"""


def cycle_seconds(cycle: Mapping[str, Any], started: float | str, ended: float | str) -> dict[str, float]:
    """Return the duration of each step in seconds, by name of the step."""
    return seconds_by_step(cycle, started, ended)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, float]]]:
        return {"cycle_seconds": cycle_seconds}
