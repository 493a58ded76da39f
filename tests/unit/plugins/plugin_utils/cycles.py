# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inputs of cycle_report. The values are as the modules return them."""

from __future__ import annotations

from typing import Any

RUN_ID = "20260401T100000Z-1a2b3c"
UUID = "dcbd6a3c-6d1f-4d43-a0c9-7a6f3b8d2e11"
HELD = {"VCPU": 1, "MEMORY_MB": 64, "DISK_GB": 1}


def server(number: int, host: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"0000000{number}-8f5b-4f6e-8b0a-0b6d6f6f5c0e",
        "name": f"probe-{number}",
        "status": "ACTIVE",
        "task_state": None,
        "host": host,
        "host_id": host.encode().hex(),
        **more,
    }


def check(name: str, expected: Any, found: Any, *, ok: bool | None = True) -> dict[str, Any]:
    return {"name": name, "expected": expected, "found": found, "ok": ok}


def migration(**more: Any) -> dict[str, Any]:
    return {
        "server_id": server(1, "compute1")["id"],
        "server_name": "probe-1",
        "migration_id": UUID,
        "request_id": "req-live",
        "source": "compute1",
        "destination": "compute2",
        "expected_host": "compute2",
        "outcome": "completed",
        "message": "probe-1: live migration compute1 -> compute2 completed.",
        "reason": None,
        "failure": None,
        "started": "2026-04-01T10:00:05Z",
        "concluded": "2026-04-01T10:00:09.250+00:00",
        "history": [{"status": "running", "seen": "2026-04-01T10:00:06.100+00:00"}],
        "record": {
            "uuid": UUID,
            "status": "completed",
            "created": "2026-04-01T10:00:05",
            "updated": "2026-04-01T10:00:09",
        },
        "events": [],
        "checks": [
            check("type", "live-migration", "live-migration"),
            check("status", "completed", "completed"),
            check("server_status", "ACTIVE", "ACTIVE"),
            check("server_task_state", None, None),
            check("server_host", "compute2", "compute2"),
            check("server_allocations", ["compute2"], ["compute2"]),
            check("migration_allocations", [], []),
        ],
        "allocations_before": {"compute1": HELD},
        "allocations": {"server": {"compute2": HELD}, "migration": {}},
        "server": server(1, "compute2"),
        **more,
    }


def host(name: str, obstacle: str | None = None) -> dict[str, Any]:
    return {"name": name, "state": "up", "status": "enabled", "usable": obstacle is None, "obstacle": obstacle}


def passed(**more: Any) -> dict[str, Any]:
    """Return a cycle that passed."""
    booted = [server(1, "compute1"), server(2, "compute2")]
    return {
        "run_id": RUN_ID,
        "started": "2026-04-01T10:00:00.100+00:00",
        "cloud": "mycloud",
        "conclusion": {"outcome": "passed", "reason": "", "failed_step": ""},
        "failure": {},
        "cleanup_failure": {},
        "count": 2,
        "seconds": {"preflight": 1.5, "boot": 2.5, "total": 12.0},
        "inputs": {"count": 2, "target": "scheduler"},
        "preflight": {
            "seconds": 1.5,
            "hosts": [host("compute1"), host("compute2")],
            "microversion": {"min": "2.1", "max": "2.96"},
            "hypervisor_type": "QEMU",
            "user": {"id": "u", "name": "operator"},
            "project": {"id": "p", "name": "validation"},
            "roles": ["admin"],
            "image": {"id": "i", "name": "cirros"},
            "flavor": {"id": "f", "name": "m1.tiny"},
        },
        "boot": {"seconds": 2.5, "request_id": "req-boot", "servers": booted},
        "migrate": {"seconds": 1.0, "polls": ["2026-04-01T10:00:05.600+00:00"]},
        "wait": {"seconds": 4.0, "polls": ["2026-04-01T10:00:06.100+00:00"]},
        "migrations": [migration()],
        "diagnosis": {},
        "control": {},
        "control_boot": {},
        "cleanup": {
            "seconds": 2.0,
            "servers": [{**one, "status": "DELETED", "status_before": "ACTIVE"} for one in booted],
            "allocations_left": {},
            "allocations_released": {},
        },
        **more,
    }


def not_asked(outcome: str, step: str, reason: str) -> dict[str, Any]:
    """Return a cycle that ended before the role booted a server."""
    return passed(
        conclusion={"outcome": outcome, "reason": reason, "failed_step": step},
        failure={"step": step, "reason": reason, "kinds": []},
        preflight={},
        boot={},
        migrate={},
        wait={},
        migrations=[],
        cleanup={},
        seconds={"total": 2.0},
    )


def failed(one: dict[str, Any], outcome: str = "failed") -> dict[str, Any]:
    """Return a cycle with this migration. The migration did not complete correctly."""
    return passed(
        conclusion={"outcome": outcome, "reason": one["message"], "failed_step": "verify"},
        failure={"step": "verify", "reason": one["message"], "kinds": []},
        migrations=[one],
    )
