# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Evidence for the reports that the tests open.

The samples are the evidence.json files of real runs against the local cloud. The first run had no fault. The second run
had the fault bug-1718455. In the third run the second host was disabled.
"""

from __future__ import annotations

import copy
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.clouds import build
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.coverage import build as build_coverage
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.drain import build as build_drain
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.scenarios import build as build_scenarios
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import (
    coverage_results,
    drain_results,
    scenarios_results,
)

SAMPLES = ("passed", "failed", "inconclusive")
FOLDER = Path(__file__).parent / "samples"
Evidence = dict[str, Any]


def sample(name: str) -> Evidence:
    read: Evidence = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return read


def bare() -> Evidence:
    """Return the evidence of a run that failed in its first step."""
    return {
        **sample("inconclusive"),
        "outcome": "error",
        "reason": "Cloud nowhere was not found. There is no clouds.yaml. Set cloud or OS_CLOUD to an entry of"
        " clouds.yaml, or set auth.",
        "failure_kinds": ["configuration"],
        "cloud": {
            "name": None,
            "microversion": None,
            "release": None,
            "hypervisor_type": None,
            "user": None,
            "project": None,
            "roles": [],
        },
        "inputs": {},
        "seconds": {},
        "steps": [],
        "hosts": {"before": None, "after": None},
        "image": None,
        "flavor": None,
    }


def paused(*, seconds: float, after: float, wrong: str | None = None) -> Evidence:
    """Return the evidence of a passed run with a probe.

    The server did not answer the probe for some time.
    """
    found = sample("passed")
    one = found["migrations"][0]
    started = datetime.fromisoformat(one["started"]) + timedelta(seconds=after)
    one["probe"] = {
        "address": "203.0.113.17",
        "protocol": "tcp",
        "port": 443,
        "interval": 0.02,
        "asked": 352,
        "answered": 331,
        "longest_downtime": seconds,
        "longest_downtime_started": started.isoformat(timespec="milliseconds"),
        "silent": 0.01,
        "held_up": 0.0,
    }
    one["checks"] += [
        {"name": name, "expected": "as it must", "found": "not so", "ok": name != wrong}
        for name in ("answers", "downtime")
    ]
    return found


def many(count: int, *, looks: int = 0) -> Evidence:
    """Return the evidence of a run that migrated this number of servers in sequence. Some migrations failed."""
    found = sample("passed")
    first, bad = found["migrations"][0], sample("failed")["migrations"][0]
    started = datetime.fromisoformat(first["started"])
    found["migrations"] = [_another(bad if number % 20 == 7 else first, number) for number in range(1, count + 1)]
    found["servers"] = [
        {"id": one["server_id"], "name": one["server_name"], "before": one["server"], "after": one["server"]}
        for one in found["migrations"]
    ]
    found["cleanup"]["deleted"] = [one["name"] for one in found["servers"]]
    found["requests"] += [
        {"what": f"live-migrate {one['server_name']}", "request_id": one["request_id"]} for one in found["migrations"]
    ]
    polls = [(started + timedelta(seconds=9 * count * look / looks)).isoformat() for look in range(looks)]
    in_vain = sum(one["outcome"] == "failed" for one in found["migrations"])
    if in_vain:
        reason = f"{in_vain} of {count} servers could not be live-migrated."
        found.update(outcome="failed", failed_step="verify", reason=reason)
    return {**found, "polls": polls or found["polls"]}


def _another(migration: Evidence, number: int) -> Evidence:
    """Return the migration of another server, with a different duration."""
    found = copy.deepcopy(migration)
    name = f"migration-cycle-20261121T093742Z-421585-{number}"
    found.update(
        server_name=name,
        server_id=f"00000000-0000-4000-8000-{number:012d}",
        migration_id=f"11111111-0000-4000-8000-{number:012d}",
        request_id=f"req-22222222-0000-4000-8000-{number:012d}",
        message=found["message"].replace(migration["server_name"], name),
    )
    known = datetime.fromisoformat(found["concluded"]) + timedelta(seconds=number * 37 % 101 / 10)
    found["concluded"] = known.isoformat(timespec="milliseconds")
    found["record"]["updated"] = (known - timedelta(seconds=1)).replace(microsecond=0, tzinfo=None).isoformat()
    return found


def clouds(count: int = 5, *, well: bool = False) -> Evidence:
    """Return the results of many targets.

    Each target has the evidence of a sample, but the last target has no result.
    """
    kinds = ("passed",) if well else ("passed", "failed", "passed", "inconclusive")
    started = datetime.fromisoformat(sample("passed")["started"])
    found = [_target(f"cloud-{number}", sample(kinds[number % len(kinds)]), started, number) for number in range(count)]
    if not well:
        found[-1] = {"name": found[-1]["name"], "error": "Validation of arguments failed: 'many' is no int"}
    return build(
        found,
        names=[one["name"] for one in found],
        run_id="20261121T093741Z-0a1b2c",
        started=(started - timedelta(seconds=1)).isoformat(),
        ended=(started + timedelta(seconds=60)).isoformat(),
        collection="1.0.0",
    )


def _target(name: str, evidence: Evidence, started: datetime, number: int) -> Evidence:
    """Return the evidence of a later run on this target."""
    took = datetime.fromisoformat(evidence["ended"]) - datetime.fromisoformat(evidence["started"])
    first = started + timedelta(seconds=number)
    moved = {"started": first.isoformat(), "ended": (first + took).isoformat()}
    return {
        "name": name,
        "region": "eu-1",
        "result": evidence,
        "evidence": {**evidence, **moved},
        "report": f"{name}/report.html",
    }


def drain(kind: str = "not_drained") -> Evidence:
    """Return the report of a drain.

    The drain is completed, is incomplete, was stopped by an error, or has many servers.
    """
    return build_drain(
        _drain_result(kind),
        collection="1.0.0",
        ended=datetime.fromisoformat("2026-11-21T09:38:21+00:00"),
        cloud="local",
    )


def _drain_result(kind: str) -> Evidence:
    if kind == "error":
        return drain_results.stopped()
    if kind == "not_drained":
        return drain_results.not_drained()
    migrations = many(60)["migrations"] if kind == "many" else [sample("passed")["migrations"][0]]
    bad = [one for one in migrations if one["outcome"] != "completed"]
    left = [
        {
            "server_id": one["server_id"],
            "server_name": one["server_name"],
            "move_method": "live",
            "reason": one["message"],
        }
        for one in bad
    ]
    well = [drain_results.moved(one) for one in migrations if one not in bad]
    reason = f"{len(bad)} remain. {bad[0]['message']}" if bad else ""
    outcome = "not_drained" if bad else "drained"
    return drain_results.drained(migrations=migrations, moved=well, left=left, reason=reason, outcome=outcome, plan=[])


def readiness(hosts: int) -> dict[str, Any]:
    """Return a readiness report. On every tenth host, a server has a certain blocker."""
    blocked = [number for number in range(1, hosts + 1) if number % 10 == 0]
    counts = {"yes": hosts - len(blocked), "unknown": 0, "doubtful": 0, "no": len(blocked)}
    blocker = {
        "reason": "vtpm",
        "certainty": "certain",
        "detail": "The server has a virtual TPM 2.0, and the security of its secret is user (hw:tpm_secret_security).",
        "remedy": "Resize the server to a flavor with hw:tpm_secret_security=host, or cold-migrate it with its owner.",
    }
    return {
        "version": 1,
        "run_id": "readiness-20260401T100000Z",
        "outcome": "blocked" if blocked else "ready",
        "reason": f"{len(blocked)} hosts cannot be emptied." if blocked else "",
        "cloud": "mycloud, region RegionOne",
        "started": "2026-04-01T10:00:00.000+00:00",
        "ended": "2026-04-01T10:00:30.000+00:00",
        "seconds": 30.0,
        "collection": "1.1.0",
        "microversion": {"min": "2.1", "max": "2.104"},
        "inputs": {},
        "at_once": 4,
        "totals": {"alone": counts, "together": counts},
        "hosts": [
            {
                "host": f"compute{number}",
                "zone": f"zone-{number % 3}",
                "status": "enabled",
                "state": "up",
                "servers": number % 30,
                "can_be_emptied": "no" if number in blocked else "yes",
                "can_be_emptied_together": "no" if number in blocked else "yes",
                "batch": (number - 1) // 4 + 1,
                "blocked_servers": int(number in blocked),
                "reasons": {"vtpm": 1} if number in blocked else {},
            }
            for number in range(1, hosts + 1)
        ],
        "servers": [
            {
                "id": f"{number:08d}-0000-4000-8000-000000000000",
                "name": f"web-{number}",
                "project_id": f"{number % 3:032d}",
                "host": f"compute{number}",
                "status": "ACTIVE",
                "move_method": "none",
                "destinations": None,
                "blockers": [blocker],
            }
            for number in blocked
        ],
        "projects": [{"project_id": f"{1:032d}", "servers": len(blocked), "reasons": {"vtpm": len(blocked)}}],
        "zones": [{"zone": "zone-0", "hosts": hosts, "usable_hosts": hosts, "free": {"MEMORY_MB": 4096, "VCPU": 8}}],
        "unknown": ["The API does not show the cells of compute hosts."],
    }


def coverage(hosts: int = 200, *, groups: int = 4) -> Evidence:
    """Return the report about many hosts, with a bad destination and a bad pair in the first group."""
    return build_coverage(coverage_results.failed(hosts, groups), collection="1.1.0")


def scenarios() -> Evidence:
    """Return the report about scenarios with each outcome."""
    return build_scenarios(scenarios_results.RESULT, collection="1.1.0")


def scenario() -> Evidence:
    """Return the report about scenarios. The browser opens the page of its first scenario."""
    return {**scenarios(), "opened_scenario": 0}
