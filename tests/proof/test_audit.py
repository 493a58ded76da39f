# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The audit finds nothing in a healthy cloud, and exactly the findings that were left behind in the services.

The script of the molecule scenario `audit` leaves one finding of each kind.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.tests.proof.rows import Row
from ansible_collections.stackproof.migration.tests.proof.runs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.stackproof.migration.tests.proof.lab import Lab
    from ansible_collections.stackproof.migration.tests.proof.rows import Table

PREFIX = "proof-audit"
# Everything was left behind only just now.
AT_ONCE = {"migration_audit_settle_seconds": 0, "migration_audit_stale_seconds": 1}
CHANGES = {
    "server_migrating": "a migration of a server runs for an hour",
    "server_error": "a server is in ERROR after its migration",
    "resize_waits": "a cold migration waits for its confirmation",
    "record_open": "the state of a server was reset while its cold migration waited",
    "allocation_of_migration": "a completed migration has allocations",
    "allocation_orphaned": "a consumer that is neither a server nor a migration has allocations",
    "allocation_doubled": "a server has allocations on two hosts",
    "allocation_elsewhere": "a server has its allocations on another host",
    "allocation_missing": "the allocations of a server were deleted",
    "port_elsewhere": "a port is bound to another host than its server",
    "binding_inactive": "a port has an INACTIVE binding on another host",
    "port_orphaned": "a port belongs to a server that does not exist",
    "attachment_elsewhere": "a volume has a second attachment on another host",
    "attachment_unfinished": "a volume has an attachment without a host",
    "attachment_orphaned": "a volume is attached to a server that does not exist",
    "service_without_reason": "a compute service is disabled without a reason",
}


def leave_behind(lab: Lab, action: str) -> str:
    command = [sys.executable, str(ROOT / "molecule/audit/leave_behind.py"), action, PREFIX]
    environment = {**os.environ, "OS_CLIENT_CONFIG_FILE": str(lab.clouds_yaml), "OS_CLOUD": "local"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextlib.contextmanager
def left_behind(lab: Lab) -> Iterator[dict[str, list[str]]]:
    """Leave one finding of each kind, and yield the expected subjects by kind. Remove everything at the end."""
    try:
        yield json.loads(leave_behind(lab, "leave"))
    finally:
        leave_behind(lab, "clear")


def test_healthy_cloud(audit_lab: Lab, table: Table) -> None:
    audit_lab.start()
    result = audit_lab.audit(**AT_ONCE).result()
    table.add(Row("nothing, before an audit", "clean"), result.outcome, result.reason, result.seconds, None)
    assert (result.outcome, result.exit_code) == ("clean", 0), result.reason
    report = json.loads((result.report / "audit.json").read_text(encoding="utf-8"))
    assert report["findings"] == []


def test_findings(audit_lab: Lab, table: Table) -> None:
    audit_lab.start()
    with left_behind(audit_lab) as expected:
        result = audit_lab.audit(**AT_ONCE).result()
        findings = json.loads((result.report / "audit.json").read_text(encoding="utf-8"))["findings"]
        for kind, change in CHANGES.items():
            own = [one for one in findings if one["kind"] == kind]
            message = "; ".join(one["message"] for one in own)
            found = result.outcome if own else "no finding"
            table.add(Row(change, "findings"), found, message, result.seconds, None)
        assert (result.outcome, result.exit_code) == ("findings", 0), result.reason
        assert set(expected) == set(CHANGES)
        assert sorted((one["kind"], one["subject"]) for one in findings) == sorted(
            (kind, subject) for kind, subjects in expected.items() for subject in subjects
        )
        readiness = audit_lab.readiness().result()
        servers = json.loads((readiness.report / "readiness.json").read_text(encoding="utf-8"))["servers"]
        reasons = {blocker["reason"] for one in servers for blocker in one["blockers"]}
        change = "earlier migrations left a port binding and a volume attachment on another host"
        table.add(Row(change, "blocked"), readiness.outcome, readiness.reason, readiness.seconds, None)
        assert readiness.outcome == "blocked", readiness.reason
        assert reasons >= {"status", "port_binding", "volume_attachment"}
    assert audit_lab.audit(**AT_ONCE).result().outcome == "clean"
