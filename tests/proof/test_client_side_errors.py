# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Client-side errors in credentials, connections and inputs.

The run boots no server and does not report a failed check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.tests.proof.rows import Row, nothing_booted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.stackproof.migration.tests.proof.prover import Prover

ERROR = "error"


@pytest.mark.parametrize(
    "row",
    [
        Row(
            "the image does not exist",
            ERROR,
            ("image: this cloud has no images? named proof-image",),
            inputs={"migration_cycle_image": "proof-image"},
            further=nothing_booted,
        ),
        Row(
            "the flavor does not exist",
            ERROR,
            ("flavor: this cloud has no flavors? named proof-flavor",),
            inputs={"migration_cycle_flavor": "proof-flavor"},
            further=nothing_booted,
        ),
        Row(
            "the availability zone does not exist",
            ERROR,
            ("availability_zone: this cloud has no availability zone named nvoa. Did you mean nova",),
            inputs={"migration_cycle_availability_zone": "nvoa", "regression_inconclusive_is_ok": True},
            further=nothing_booted,
        ),
        Row(
            "the network does not exist",
            ERROR,
            ("networks: this cloud has no networks? named proof-network",),
            inputs={"migration_cycle_networks": ["proof-network"]},
            further=nothing_booted,
        ),
        Row(
            "a timeout is negative",
            ERROR,
            ("migration_cycle_delete_timeout must be a whole number of at least 1, found -5",),
            inputs={"migration_cycle_delete_timeout": -5},
            further=nothing_booted,
        ),
    ],
    ids=["image", "flavor", "zone", "network", "timeout"],
)
def test_invalid_input(prover: Prover, row: Row) -> None:
    prover.run(row)


@pytest.mark.parametrize(
    "row",
    [
        Row(
            "a proxy removes the microversion of requests to the Compute API",
            ERROR,
            (
                "the compute service answered with microversion 2.1 to GET",
                "A proxy in front of the service drops the header OpenStack-API-Version",
            ),
            faults=("drops-microversion",),
            further=nothing_booted,
        ),
        Row(
            "a proxy removes the microversion of requests to Placement",
            ERROR,
            (
                "the placement service answered with microversion 1.0 to GET",
                "A proxy in front of the service drops the header OpenStack-API-Version",
            ),
            faults=("drops-placement-microversion",),
            further=nothing_booted,
        ),
    ],
    ids=lambda row: row.faults[0],
)
def test_proxy_that_removes_the_microversion(prover: Prover, row: Row) -> None:
    prover.lab.start(row.faults)
    result = prover.lab.run().result()
    # The search for orphaned resources needs the microversions.
    prover.lab.start()
    prover.record(row, result)


def test_quota_exceeded(prover: Prover) -> None:
    row = Row(
        "the quota allows 1 server",
        ERROR,
        ("quota: 2 servers need instances=2, but the project has free=1 of limit=1",),
        further=nothing_booted,
    )
    prover.lab.start()
    with prover.lab.instance_quota(instances=1):
        result = prover.lab.run().result()
    prover.record(row, result)


def wrong_password(cloud: dict[str, Any]) -> None:
    cloud["auth"]["password"] = "not-the-password"


def closed_port(cloud: dict[str, Any]) -> None:
    cloud["auth"]["auth_url"] = "http://127.0.0.1:9/v3"


def without_project(cloud: dict[str, Any]) -> None:
    del cloud["auth"]["project_name"], cloud["auth"]["project_domain_name"]


def microversion_not_offered(cloud: dict[str, Any]) -> None:
    cloud["compute_api_version"] = "2.999"


def path_that_needs_a_token(cloud: dict[str, Any]) -> None:
    cloud["auth"]["auth_url"] += "/users"


@pytest.mark.parametrize(
    ("change", "row"),
    [
        (without_project, Row("the token has no project", ERROR, ("not scoped to a project",), further=nothing_booted)),
        (
            microversion_not_offered,
            Row("the settings name a microversion", ERROR, ("compute_api_version=2.999",), further=nothing_booted),
        ),
        (
            path_that_needs_a_token,
            Row("auth_url answers HTTP 401", ERROR, ("Check the path of auth_url",), further=nothing_booted),
        ),
        (wrong_password, Row("the password is wrong", ERROR, ("refused the credentials",), further=nothing_booted)),
        (closed_port, Row("no server listens at auth_url", ERROR, ("nothing answers at",), further=nothing_booted)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_credentials(prover: Prover, change: Callable[[dict[str, Any]], None], row: Row) -> None:
    prover.lab.start()
    result = prover.lab.run(clouds_yaml=prover.lab.changed_clouds_yaml(change)).result()
    assert "not-the-password" not in result.output
    prover.record(row, result)


def test_role_without_permission(prover: Prover) -> None:
    row = Row(
        "the user has the role member, which may not migrate",
        ERROR,
        ("os-migrations", "admin or, since Nova 32", "manager in the server's project"),
        further=nothing_booted,
    )
    prover.lab.start()
    prover.record(row, prover.lab.run(cloud="local-member").result())
