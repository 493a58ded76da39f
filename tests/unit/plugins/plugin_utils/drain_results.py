# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results of the role host_drain. The values are as the role returns them."""

from __future__ import annotations

from typing import Any

from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import cycles

RUN_ID = "drained-compute1-20260401T100000Z"


def planned_server(number: int, method: str = "live", obstacle: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a server of the plan, as host_drain_info lists it."""
    return {
        **cycles.server(number, "compute1"),
        "availability_zone": "nova",
        "locked": False,
        "move_method": method,
        "obstacle": obstacle,
        "passing": False,
        "room": None if method == "none" else True,
        **more,
    }


def remaining_server(number: int, why: str, method: str = "none") -> dict[str, Any]:
    server = cycles.server(number, "compute1")
    return {"server_id": server["id"], "server_name": server["name"], "move_method": method, "reason": why}


def migration(number: int, **more: Any) -> dict[str, Any]:
    server = cycles.server(number, "compute2")
    return cycles.migration(
        server_id=server["id"],
        server_name=server["name"],
        server=server,
        request_id=f"req-{number}",
        seconds=4.5,
        **more,
    )


def moved(found: dict[str, Any]) -> dict[str, Any]:
    """Return the entry in ``moved`` for a migration."""
    return {key: found[key] for key in ("server_id", "server_name", "source", "destination", "migration_id")}


def drained(**more: Any) -> dict[str, Any]:
    """Return the result of a drain that moved two servers."""
    migrations = [migration(1), migration(2)]
    return {
        "outcome": "drained",
        "reason": "",
        "host": "compute1",
        "microversion": {"min": "2.1", "max": "2.104"},
        "inputs": {"host": "compute1", "state": "drained", "cold": True, "target": ""},
        "service": {"host": "compute1", "status": "disabled", "state": "up", "disabled_reason": "new memory"},
        "since": "2026-04-01T10:00:00Z",
        "moved": [moved(found) for found in migrations],
        "left": [],
        "gone": [],
        "migrations": migrations,
        "plan": [planned_server(1), planned_server(2)],
        "run_id": RUN_ID,
        "report": f"/reports/{RUN_ID}/drain.json",
        "seconds": 42.5,
        **more,
    }


def not_drained() -> dict[str, Any]:
    """Return a drain of four servers.

    One server moved, one migration failed, one server cannot move, and one left before the drain migrated it.
    """
    completed = migration(1)
    message = "live migration compute1 -> compute2 failed. Nova's reason: No valid host was found."
    failure = {"kind": "no_valid_host", "message": message}
    failed = migration(2, outcome="failed", destination=None, message=f"probe-2: {message}", failure=failure)
    return drained(
        outcome="not_drained",
        reason=f"2 remain. probe-2: {message}; probe-3: it is busy (deleting): run again when that is over",
        moved=[moved(completed)],
        left=[
            remaining_server(2, message, "live"),
            remaining_server(3, "it is busy (deleting): run again when that is over"),
            {
                "server_id": None,
                "server_name": None,
                "move_method": "none",
                "reason": "Placement holds 1 VCPU for 75636e77",
                "consumer": "75636e77",
            },
        ],
        gone=[
            {
                "server_id": cycles.server(4, "x")["id"],
                "server_name": "probe-4",
                "reason": "it had left before its turn: by an earlier run, by another user, or deleted",
            }
        ],
        migrations=[completed, failed],
        plan=[
            planned_server(1),
            planned_server(2, room=False),
            planned_server(3, "none", "it is busy (deleting): run again when that is over"),
            planned_server(4, "cold"),
        ],
    )


def undrained(**more: Any) -> dict[str, Any]:
    """Return the result of a run that enabled the host again."""
    return drained(
        outcome="undrained",
        run_id="undrained-compute1-20260401T110000Z",
        service={"host": "compute1", "status": "enabled", "state": "up", "disabled_reason": None},
        inputs={"host": "compute1", "state": "undrained", "bring_back": True},
        moved=[],
        migrations=[],
        plan=[],
        **more,
    )


def not_undrained() -> dict[str, Any]:
    """Return the result of a run that did not migrate one server back."""
    message = "live migration compute2 -> compute1 failed. Nova's reason: No valid host was found."
    failed = migration(1, outcome="failed", source="compute2", destination=None, message=f"probe-1: {message}")
    return undrained() | {
        "outcome": "not_undrained",
        "reason": f"1 server was not brought back. probe-1: {message}",
        "migrations": [failed],
        "left": [remaining_server(1, message, "live"), remaining_server(2, "The server was moved again.")],
    }


# The result and the inventory below contain these names of the site.
SITE = [
    "blade7", "blade8", "blade9", "dc1.acme-corp", "acme-lab", "keystone.acme-corp.example", "berlin-west",
    "rack-row-3", "acme-pair", "billing-db", "alice-web", "ticket 4711", "CUSTOM_ACME_GPU", "probe-host",
]  # fmt: skip


def rich() -> dict[str, Any]:
    """Return a failed drain. Its texts contain names that only the inventory has as values."""
    failed = migration(
        2,
        outcome="failed",
        source="blade7",
        destination="blade8",
        message="billing-db: host blade9 could not be found.",
    )
    failed |= {"server_name": "billing-db"}
    failed["server"] = {**failed["server"], "name": "billing-db", "host": "blade7"}
    left = [
        {**remaining_server(2, "host blade9 could not be found.", "live"), "server_name": "billing-db"},
        {
            **remaining_server(
                3,
                "No host can take the server: it is bound to availability zone rack-row-3, but blade8, probe-host are"
                " in another zone. Its server group acme-pair has the policy affinity.",
            ),
            "server_name": "alice-web",
        },
        {
            "server_id": None,
            "server_name": None,
            "move_method": "none",
            "reason": (
                "Placement holds CUSTOM_ACME_GPU=1 on blade7.dc1.acme-corp.example_gpu_0 for consumer 75636e77, which"
                " Nova does not know."
            ),
            "consumer": "75636e77",
        },
    ]
    return not_drained() | {
        "host": "blade7",
        "cloud": "acme-lab, region berlin-west, https://keystone.acme-corp.example:5000/v3",
        "inputs": {"host": "blade7", "state": "drained", "target": "blade8"},
        "service": {"host": "blade7", "status": "disabled", "state": "up", "disabled_reason": "ticket 4711"},
        "run_id": "drained-blade7-20260401T100000Z",
        "reason": "alice-web in acme-lab: it is bound to availability zone rack-row-3; disabled for ticket 4711.",
        "moved": [],
        "left": left,
        "gone": [],
        "migrations": [failed],
        "plan": [],
    }


def rich_inventory() -> dict[str, Any]:
    """Return an inventory of the host, as host_drain_info returns it."""
    return {
        "targets": ["blade8"],
        "unusable": [{"name": "probe-host", "obstacle": "its nova-compute service is down"}],
        "servers": [planned_server(3, destinations=["blade8"], name="alice-web")],
        "consumers": [
            {"consumer": "75636e77", "providers": {"blade7.dc1.acme-corp.example_gpu_0": {"CUSTOM_ACME_GPU": 1}}}
        ],
    }


def stopped(reason: str = "host: there is no compute host compute9. There are: compute1, compute2.") -> dict[str, Any]:
    """Return the result of a run that failed before it changed anything."""
    return undrained() | {"outcome": "error", "reason": reason, "service": {}, "since": "", "microversion": None}
