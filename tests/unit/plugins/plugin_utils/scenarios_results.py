# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of a run of scenarios with each outcome, for tests of its report."""

from __future__ import annotations

from typing import Any

from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.outcome import result_of

RUN_ID = "scenarios-20260401T100000Z"
ISSUE = {
    "title": "Nova leaks",
    "first": 17,
    "fixed": None,
    "range": "Nova 17 and newer",
    "checks": ["released"],
    "effect": "Less room.",
    "source": "bug 1",
}


def step(outcome: str, *checks: dict[str, Any], reason: str = "", migrations: Any = ()) -> dict[str, Any]:
    return {
        "step": "live_migrate",
        "text": "live-migrate to another named host",
        "outcome": outcome,
        "reason": reason,
        "started": "2026-04-01T10:00:01.000+00:00",
        "seconds": 4.5,
        "checks": list(checks),
        "migrations": list(migrations),
    }


def scenario(name: str, outcome: str, *steps: dict[str, Any], reason: str = "", **more: Any) -> dict[str, Any]:
    suite, _slash, short = name.partition("/")
    return {
        "id": name,
        "suite": suite,
        "name": short.partition("[")[0],
        "profile": "default",
        "title": f"The title of {short}",
        "tests": "Moves <servers>.",
        "tags": [],
        "bugs": [{"number": 1718455, "title": "It fails", "url": "https://bugs.launchpad.net/nova/+bug/1718455"}],
        "expected_checks": ["status"],
        "outcome": outcome,
        "reason": reason,
        "started": "2026-04-01T10:00:00.000+00:00" if steps else "",
        "seconds": 6.0 if steps else 0.0,
        "steps": list(steps),
        "known_issues": [],
        **more,
    }


MIGRATION = {
    "server_name": "web",
    "server_id": "1",
    "outcome": "failed",
    "message": "web: failed",
    "source": "compute7",
}
WRONG = {"name": "server_host", "server": "web", "expected": "compute8", "found": "compute7", "ok": False}
EVIDENCE = {
    "run_id": RUN_ID,
    "cloud": "mycloud",
    "inputs": {},
    "report_folder": {"directory": "/reports"},
    "run": {
        "microversion": "2.103",
        "versions": [34, 34],
        "hosts": [
            {"name": "compute7", "usable": True, "reason": None},
            {"name": "compute9", "usable": False, "reason": "down"},
        ],
        "scenarios": [
            scenario(
                "live-migration/paused",
                "failed",
                step("failed", WRONG, reason="Wrong host.", migrations=[MIGRATION]),
                reason="Wrong host.",
            ),
            scenario("live-migration/there-and-back", "passed", step("passed")),
            scenario(
                "interruptions/deleted", "known_issue", step("failed"), reason="Nova leaks.", known_issues=[ISSUE]
            ),
            scenario("volumes/boot-volume[boot-volume]", "not_applicable", reason="No Cinder."),
            scenario("networks/port", "error", step("error"), reason="HTTP 500."),
        ],
        "deleted": ["server web"],
    },
}
RESULT = result_of(EVIDENCE, started=0.0, ended=60.0)
