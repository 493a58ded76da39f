# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Calculate how long each step of a test run took, for example boot and migrate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._module.role_seconds import between

if TYPE_CHECKING:
    from collections.abc import Mapping

# The duration of a step is the sum of the seconds in these module results.
_STEPS = {
    "preflight": ("preflight",),
    "boot": ("boot",),
    "migrate": ("migrate",),
    "wait": ("wait",),
    "cleanup": ("cleanup",),
}
# After a failure, the role also reads a diagnosis and migrates a single server for comparison.
_AFTER_FAILURE = {"diagnosis": ("diagnosis",), "control": ("control_boot", "control_migrate")}


def seconds_by_step(cycle: Mapping[str, Any], started: float | str, ended: float | str) -> dict[str, float]:
    """Return the seconds of each step of a migration cycle, and the seconds that Ansible itself needs.

    ``cycle`` contains the results of the steps. ``started`` and ``ended`` are seconds since 1970.
    """
    steps = _STEPS | (_AFTER_FAILURE if cycle.get("failure") else {})
    seconds = {step: sum(_seconds(cycle.get(name)) for name in results) for step, results in steps.items()}
    total = between(started, ended)
    return {**seconds, "ansible": round(total - sum(seconds.values()), 1), "total": total}


def _seconds(result: Mapping[str, Any] | None) -> float:
    return float((result or {}).get("seconds") or 0.0)
