# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each scenario is red if a fault puts its bug back, and no scenario is red in a healthy cloud."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.lookup.scenario_catalogue import FILES
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.definition import parse_scenario
from ansible_collections.stackproof.migration.plugins.plugin_utils._catalogue.files import read_catalogue
from ansible_collections.stackproof.migration.tests.proof.prover import Prover
from ansible_collections.stackproof.migration.tests.proof.rows import Row
from ansible_collections.stackproof.migration.tests.proof.runs import TIMEOUT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.stackproof.migration.tests.proof.lab import Lab
    from ansible_collections.stackproof.migration.tests.proof.rows import Table

SCENARIOS = [parse_scenario(given) for given in read_catalogue([FILES])["scenarios"]]
# The whole catalogue must not take longer, in seconds.
MAX_SECONDS = 360
RED = ("failed", "error", "inconclusive")
INPUTS = {"regression_allow_disruptive": True, "migration_scenarios_same_host_resize": True}
GUESTS = {"migration_cycle_verify_guest": "console"}
# The fault of this scenario loses what the guest writes, so it needs hosts of the kind libvirt: see test_write_lost.
NEEDS_GUESTS = frozenset({"volumes/data-volume"})


@dataclass(frozen=True)
class Group:
    """Faults that do not affect each other, and the reason that each scenario must report."""

    faults: tuple[str, ...]
    reasons: Mapping[str, str]
    # Scenarios in which Nova already behaves like the fault, so that the outcome is a known issue
    known: Mapping[str, str] = field(default_factory=dict)
    timeout: int = 60


GROUPS = (
    Group(
        ("bug-1718455",),
        {
            "concurrent-instances/one-of-several": "No valid host|Not enough hosts",
            "concurrent-instances/side-by-side": "No valid host|Not enough hosts",
            "concurrent-instances/to-one-host": "No valid host|Not enough hosts",
        },
    ),
    Group(
        ("bug-1797580", "bug-1890244", "bug-1949808", "forced-host-kept", "paused-becomes-active"),
        {
            "live-migration/after-cold-migration": "No valid host",
            "live-migration/group-deleted": "InstanceGroupNotFound|group .* could not be found",
            "live-migration/forced-host": "No valid host",
            "live-migration/paused": "server_status is ACTIVE, expected PAUSED",
            "interruptions/abort-queued": "server_status is MIGRATING, expected ACTIVE",
        },
    ),
    Group(
        ("allocations-not-reverted", "bug-1815153", "deleted-resources-read-again"),
        {
            "cold-migration/named-host-confirmed": "destination is compute., expected compute.",
            "cold-migration/reverted": "Placement holds allocations|Placement still holds",
            "live-migration/after-reverted-resize": "Placement holds allocations|Placement still holds",
            "live-migration/flavor-deleted": "Flavor .* could not be found",
            "live-migration/image-deleted": "Image .* could not be found",
            "interruptions/abort-running": "migration_allocations is compute., expected none",
        },
        {"interruptions/deleted": "bug 1848343.*allocations_released is compute., expected none"},
    ),
    Group(
        (
            "allocation-kept",
            "confirmed-allocation-kept",
            "disabled-source-refused",
            "port-binding-left",
            "volume-attachment-kept",
        ),
        {
            "live-migration/there-and-back": "Placement still holds an allocation",
            "live-migration/after-confirmed-resize": "Placement still holds an allocation",
            "cold-migration/same-host-resize": "Placement still holds an allocation|allocation_amounts",
            "cold-migration/from-disabled-host": "Compute service of compute. is unavailable",
            "volumes/boot-volume": "2 attachments",
            "networks/port": "INACTIVE",
            "networks/second-port": "INACTIVE",
        },
    ),
    Group(
        ("group-ignored-by-moves", "group-not-checked-late"),
        {"concurrent-instances/anti-affinity": "the anti-affinity group is broken"},
    ),
    Group(
        ("force-complete-ignored", "never-ends"),
        {"interruptions/force-complete": "timed out"},
        timeout=10,
    ),
)


def require_healthy(prover: Prover, change: str, **inputs: Any) -> None:
    """Require that no scenario is red, and that the whole catalogue takes no longer than it may."""
    result = prover.lab.scenarios(regression_suites="all", **INPUTS, **inputs).result(2 * MAX_SECONDS)
    found = prover.record_scenarios(Row(f"{change}: all {len(SCENARIOS)} scenarios", "passed"), result)
    assert set(found) == {scenario.id for scenario in SCENARIOS}
    assert [one["id"] for one in found.values() if one["outcome"] in RED] == []
    assert result.seconds <= MAX_SECONDS


def test_healthy_cloud(scenario_lab: Lab, table: Table) -> None:
    scenario_lab.start()
    require_healthy(Prover(scenario_lab, table), "nothing")


@pytest.mark.parametrize("volume_lab", ["libvirt"], indirect=True)
def test_healthy_cloud_with_guests(volume_prover: Prover) -> None:
    """Run all scenarios with QEMU guests, volumes and ports. The cloud may resize a server on its host."""
    volume_prover.lab.start(local_cloud_networks="flat", local_cloud_same_host_resize=True)
    require_healthy(volume_prover, "nothing, with QEMU guests", **GUESTS)


@pytest.mark.parametrize("volume_lab", ["libvirt"], indirect=True)
def test_write_lost(volume_prover: Prover) -> None:
    """Only the guest finds the damage of its data volume."""
    volume_prover.lab.start(("volume-write-lost",))
    result = volume_prover.lab.scenarios(regression_scenarios=sorted(NEEDS_GUESTS), **GUESTS).result()
    row = Row("QEMU guests: the fault volume-write-lost: 1 scenario", "failed", ("data disk is damaged: block 0",))
    (found,) = volume_prover.record_scenarios(row, result).values()
    assert [step["outcome"] for step in found["steps"]] == ["passed", "passed", "passed", "failed"]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: "+".join(group.faults))
def test_fault_turns_scenarios_red(scenario_lab: Lab, table: Table, group: Group) -> None:
    scenario_lab.start(group.faults)
    outcomes = {**dict.fromkeys(group.reasons, "failed"), **dict.fromkeys(group.known, "known_issue")}
    inputs = {**INPUTS, "migration_scenarios_migrate_timeout": group.timeout, "migration_scenarios_settle_timeout": 10}
    result = scenario_lab.scenarios(regression_scenarios=list(outcomes), **inputs).result()
    row = Row(f"the faults {', '.join(group.faults)}: {len(outcomes)} scenarios", "failed")
    found = Prover(scenario_lab, table).record_scenarios(row, result)
    assert {name: found[name]["outcome"] for name in outcomes} == outcomes
    patterns = {**group.reasons, **group.known}
    assert [found[name]["reason"] for name in patterns if not re.search(patterns[name], found[name]["reason"])] == []


def test_next_run_cleans_up_after_a_killed_run(scenario_lab: Lab, table: Table) -> None:
    """Kill a run that has created a port and a private flavor, and that has disabled a compute service."""
    scenario_lab.start()
    names = ["networks/second-port", "live-migration/after-confirmed-resize", "cold-migration/from-disabled-host"]
    run = scenario_lab.scenarios(regression_scenarios=names, **INPUTS)
    step = "cold-migration/from-disabled-host: step 3 of 4"
    run.wait_until(lambda: step in run.output, step, TIMEOUT_SECONDS)
    run.kill()
    assert len(left_behind(scenario_lab)) > 1
    row = Row("the run before was killed (SIGKILL): 1 scenario", "passed")
    result = scenario_lab.scenarios(regression_scenarios=["live-migration/paused"]).result()
    Prover(scenario_lab, table).record_scenarios(row, result)
    assert left_behind(scenario_lab) == []


def left_behind(lab: Lab) -> list[str]:
    """Return what runs of scenarios have left, except servers and allocations."""
    cloud = lab.connect()
    named = [*cloud.compute.flavors(is_public=None), *cloud.image.images(), *cloud.network.ports()]
    disabled = [one.host for one in cloud.compute.services(binary="nova-compute") if one.status == "disabled"]
    return [one.name for one in named if "scenarios-" in one.name] + disabled


def test_each_scenario_has_a_row() -> None:
    tested = {name: set(group.faults) for group in GROUPS for name in group.reasons}
    expected = {one.id: set(one.faults) for one in SCENARIOS if one.faults and one.id not in NEEDS_GUESTS}
    assert tested.keys() == expected.keys()
    assert all(faults <= tested[name] for name, faults in expected.items())
