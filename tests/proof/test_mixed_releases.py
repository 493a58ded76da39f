# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clouds in which the compute hosts have different releases, as in the middle of an upgrade.

A cloud is skipped if this machine has no Python for one of its releases.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.proof.clouds import running
from ansible_collections.stackproof.migration.tests.proof.prover import Prover
from ansible_collections.stackproof.migration.tests.proof.releases import PORT_BASE, nova_of, require_pythons
from ansible_collections.stackproof.migration.tests.proof.rows import PASSED, Row
from ansible_collections.stackproof.migration.tests.proof.test_cloud_at_fault import not_received

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.stackproof.migration.tests.proof.lab import Lab
    from ansible_collections.stackproof.migration.tests.proof.rows import Table

# The release of the controllers and of compute2, and the older release of compute1.
MIXES = (("2026.2", "2026.1"), ("2026.1", "2025.1"), ("2025.1", "2024.1"))
# Since this version of Nova, live migrations use a topic that an older nova-compute does not read.
TOPIC_OF_LIVE_MIGRATIONS = 33
OLD, NEW = "compute1", "compute2"
WITHOUT_LEVELS = {"local_cloud_upgrade_levels_compute": ""}
# The source host waits a minute for the destination. A control experiment would wait another minute.
WITHOUT_CONTROL = {"migration_cycle_control": False}
NOT_PREPARED = (
    r"failed \(record status error\)\. Nova gives no reason, and the destination has not started",
    rf"Check that nova-compute runs on {OLD}\.",
    r"compute hosts have no sections \[database\] and \[api_database\]",
)


@pytest.fixture(scope="module", params=MIXES, ids=lambda mix: f"{mix[0]}-{mix[1]}")
def mix(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Return the release of the controllers and the older release."""
    controllers, old = request.param
    require_pythons(controllers, old)
    return controllers, old


@pytest.fixture(scope="module")
def mixed_lab(mix: tuple[str, str], request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Yield a cloud in which compute1 has an older release than compute2 and the controllers."""
    controllers, old = mix
    yield from running(
        "mixed",
        PORT_BASE,
        request,
        local_cloud_hypervisor="fake",
        local_cloud_release=controllers,
        local_cloud_hosts=[{"release": old}, {"release": controllers}],
        local_cloud_upgrade_levels_compute="auto",
    )


@pytest.fixture
def mixed_prover(mixed_lab: Lab, table: Table) -> Prover:
    return Prover(mixed_lab, table)


def described(mix: tuple[str, str], change: str) -> str:
    return f"controllers and a host of {mix[0]}, a host of {mix[1]}: {change}"


def run_both_ways(prover: Prover, change: str) -> None:
    """Require that a migration from the old to the new host passes, and a migration back, too."""
    groups = {"old": [OLD], "new": [NEW]}
    result = prover.lab.coverage(regression_coverage="between_groups", regression_host_groups=groups).result()
    report = prover.record_coverage(Row(change, PASSED), result, {OLD, NEW})
    assert {(cell["source"], cell["destination"]) for cell in report["cells"]} == {(OLD, NEW), (NEW, OLD)}


def test_both_ways(mixed_prover: Prover, mix: tuple[str, str]) -> None:
    mixed_prover.lab.start()
    run_both_ways(mixed_prover, described(mix, "[upgrade_levels] compute=auto, in both directions"))


@pytest.mark.parametrize("direction", [(OLD, NEW), (NEW, OLD)], ids=["old-new", "new-old"])
def test_without_upgrade_levels(mixed_prover: Prover, mix: tuple[str, str], direction: tuple[str, str]) -> None:
    source, destination = direction
    change = described(mix, f"no [upgrade_levels], from {source} to {destination}")
    inputs = {"migration_cycle_target": destination}
    if not has_new_topic(mix):
        row = Row(change, PASSED, inputs=inputs)
    elif source == OLD:
        # In some releases, the check of the destination takes several seconds.
        row = not_received(change, timeout=40, warn_after=25)
        row = dataclasses.replace(row, inputs={**row.inputs, **inputs})
    else:
        row = Row(change, "failed", NOT_PREPARED, inputs={**inputs, **WITHOUT_CONTROL})
    mixed_prover.lab.start(**WITHOUT_LEVELS)
    mixed_prover.record(row, mixed_prover.lab.run(**row.inputs).result())


def has_new_topic(mix: tuple[str, str]) -> bool:
    """Return whether the new services use a topic for live migrations that the old host does not read."""
    controllers, old = map(nova_of, mix)
    return old < TOPIC_OF_LIVE_MIGRATIONS <= controllers


@pytest.mark.parametrize("direction", [(OLD, NEW), (NEW, OLD)], ids=["old-new", "new-old"])
def test_compute_with_database_sections(mixed_prover: Prover, mix: tuple[str, str], direction: tuple[str, str]) -> None:
    source, destination = direction
    change = f"nova-compute has database sections, and [upgrade_levels] compute=auto, from {source} to {destination}"
    inputs = {"migration_cycle_target": destination, **WITHOUT_CONTROL}
    has_effect = has_new_topic(mix) and source == NEW
    row = Row(
        described(mix, change),
        "failed" if has_effect else PASSED,
        NOT_PREPARED if has_effect else (),
        faults=("compute-has-database-sections",),
        inputs=inputs,
    )
    mixed_prover.run(row)
