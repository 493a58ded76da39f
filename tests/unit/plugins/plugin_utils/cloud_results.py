# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inputs of clouds_report.

The playbook regression passes these inputs after it has read the evidence of each target.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.clouds import build
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.evidence import build as evidence_of
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import cycles

RUN_ID = "20260401T095959Z-4d5e6f"
NO_ROOM = cycles.not_asked("inconclusive", "preflight", "There is one usable compute host. Two are needed.")
BAD = cycles.failed(
    cycles.migration(outcome="failed", checks=[], message="probe-1: it failed. Nova's reason: no host.")
)


def target(name: str, cycle: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a target with evidence and a report."""
    evidence = evidence_of(cycle, collection="0.2.0", ended="2026-04-01T10:00:12.100+00:00")
    return {
        "name": name,
        "result": {"run_id": evidence["run_id"], "report": f"/r/{name}"},
        "evidence": evidence,
        "report": f"{name}/report.html",
        **more,
    }


def clouds(*found: dict[str, Any], names: list[str] | None = None) -> dict[str, Any]:
    return build(
        found,
        names=names or [one["name"] for one in found],
        run_id=RUN_ID,
        started="2026-04-01T09:59:59.100+00:00",
        ended="2026-04-01T10:00:24.100+00:00",
        collection="0.2.0",
    )


def mixed() -> dict[str, Any]:
    """Return targets with all possible outcomes. The last target has no result."""
    return clouds(
        target("berlin", cycles.passed(), region="eu-1"),
        target("paris", NO_ROOM, inconclusive_is_ok=True),
        target("lisbon", BAD),
        {"name": "oslo", "cloud": "north", "error": "Validation of arguments failed:\nno such count"},
    )
