# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.plugin_utils._report import headlines
from ansible_collections.stackproof.migration.tests.browser.evidence import sample


@pytest.mark.parametrize(
    ("reason", "first", "rest"),
    [
        ("", "", ""),
        ("One host.", "One host.", ""),
        ("It broke. probe-1: no.", "It broke.", "probe-1: no."),
        ("Refused: it requires\nauthentication. (HTTP 401). Check it.", None, "Check it."),
        ("Version 2.104 is new. Yes.", "Version 2.104 is new.", "Yes."),
    ],
)
def test_first_sentence(reason: str, first: str | None, rest: str) -> None:
    expected = "Refused: it requires authentication. (HTTP 401)." if first is None else first
    assert headlines.split_first_sentence(reason) == (expected, rest)


@pytest.mark.parametrize(
    ("outcome", "step", "title"),
    [
        ("passed", "", "Live migration works"),
        ("failed", "verify", "Live migration failed"),
        ("failed", "boot", "Servers did not boot"),
        ("inconclusive", "preflight", "Preconditions not met"),
        ("error", "boot", "The run stopped with an error"),
    ],
)
def test_title(outcome: str, step: str, title: str) -> None:
    assert headlines.title(outcome, step) == title


def advice(evidence: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one.text, one.code, one.section) for one in headlines.advice_for(evidence)]


def failed(kind: str, **changes: Any) -> dict[str, Any]:
    evidence = sample("failed")
    evidence["migrations"][0]["failure"]["kind"] = kind
    evidence["migrations"][0].update(changes)
    return evidence


def test_no_advice_after_a_passed_run() -> None:
    assert advice(sample("passed")) == []


def test_no_valid_host_names_scheduler_logs() -> None:
    evidence = sample("failed")
    found = advice(evidence)
    assert "nova-scheduler" in found[0][0]
    assert found[0][1] == evidence["migrations"][0]["request_id"]
    assert [section for _, _, section in found] == ["", "hosts", "control"]
    assert len(advice({**evidence, "control": {}})) == 2


def test_disagreement_names_the_check() -> None:
    assert advice(failed("disagreement"))[0][1:] == ("status", "migration-1")


def test_timeout_names_unusable_host() -> None:
    evidence = failed("timeout")
    assert advice(evidence)[0][0] == "Check that nova-compute runs on compute1 and compute2"
    evidence["hosts"]["after"][1]["usable"] = False
    assert advice(evidence)[0] == (
        "Check the hosts that are not usable: compute2",
        "openstack compute service list",
        "hosts",
    )


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("not_found", "nova-api"),
        ("cancelled", "nova-compute"),
        ("failed", "which step of the migration"),
        ("other", "which step"),
    ],
)
def test_advice_by_failure_kind(kind: str, where: str) -> None:
    assert where in advice(failed(kind))[0][0]


def stepped_in(kind: str, action: str = "abort", **changes: Any) -> dict[str, Any]:
    """Return evidence of a migration that this run aborted after its timeout."""
    running = [{"status": "running", "seen": "2026-11-21T10:28:15.000+00:00"}]
    evidence = failed(kind, on_timeout_action=action, history=running, **changes)
    evidence["inputs"]["migrate_timeout"] = 8
    return evidence


@pytest.mark.parametrize("action", ["abort", "force_complete"])
@pytest.mark.parametrize("kind", ["cancelled", "failed", "timeout"])
def test_own_abort_advises_on_the_copy(kind: str, action: str) -> None:
    found = advice(stepped_in(kind, action))
    assert found[0] == (
        "Compare the write rate of the guest with the bandwidth from compute1 to compute2",
        "",
        "migration-1",
    )
    assert [code for _, code, _ in found[1:3]] == [
        "max_concurrent_live_migrations",
        "migration_cycle_migrate_timeout: 8",
    ]
    assert found[2][2] == "inputs"
    assert not [text for text, _, _ in found if "aborted the migration" in text]


def test_foreign_abort_names_compute_logs() -> None:
    assert "aborted the migration" in advice(failed("cancelled", on_timeout_action=None))[0][0]


def test_own_abort_shows_copy_progress() -> None:
    mib = 1024 * 1024
    looks = [
        {"seen": f"2026-11-21T10:28:1{second}.000+00:00", "memory_total_bytes": 512 * mib}
        | {"memory_processed_bytes": second * 100 * mib, "memory_remaining_bytes": 300 * mib}
        for second in (6, 9)
    ]
    evidence = stepped_in("cancelled", server_name="probe-1", progress=looks)
    assert advice(evidence)[0][1] == "probe-1: 900 MiB of memory copied, 300 left"


def test_queued_migration_names_concurrency_limit() -> None:
    evidence = stepped_in("cancelled")
    evidence["migrations"][0]["history"][0]["status"] = "queued"
    assert advice(evidence)[0][1] == "max_concurrent_live_migrations"


def test_unusable_host_comes_before_the_copy() -> None:
    evidence = stepped_in("timeout")
    evidence["hosts"]["after"][1]["usable"] = False
    assert advice(evidence)[0][0] == "Check the hosts that are not usable: compute2"


def test_ignores_unusable_hosts_of_other_migrations() -> None:
    evidence = stepped_in("timeout")
    evidence["hosts"]["after"].append({**evidence["hosts"]["after"][1], "name": "compute3", "usable": False})
    assert advice(evidence)[0][2] == "migration-1"
    # The destination is unknown. The host that is not usable may be the destination.
    evidence["migrations"][0].update(destination=None, expected_host=None)
    assert advice(evidence)[0][0] == "Check the hosts that are not usable: compute3"


def test_advice_after_own_abort_needs_no_inputs() -> None:
    evidence = {**stepped_in("cancelled"), "inputs": {}}
    assert advice(evidence)[2][1] == "migration_cycle_migrate_timeout"


def test_advice_after_a_disagreement_and_an_abort() -> None:
    assert advice(stepped_in("disagreement"))[0][1:] == ("status", "migration-1")


@pytest.mark.parametrize("action", [None, "abort"])
@pytest.mark.parametrize("kind", ["disagreement", "timeout", "cancelled", "failed"])
def test_links_to_the_failed_migration(kind: str, action: str | None) -> None:
    evidence = failed(kind, on_timeout_action=action)
    evidence["migrations"].insert(0, sample("passed")["migrations"][0])
    assert [section for _, _, section in advice(evidence) if section.startswith("migration-")] == ["migration-2"]


def test_inconclusive_names_hosts_first() -> None:
    assert advice(sample("inconclusive"))[0][2] == "hosts"
    evidence = {**sample("failed"), "outcome": "inconclusive"}
    assert [section for _, _, section in advice(evidence)] == ["hosts", "", "control"]


@pytest.mark.parametrize(("step", "section"), [("boot", "servers"), ("cleanup", "cleanup"), ("preflight", "hosts")])
def test_advice_by_failed_step(step: str, section: str) -> None:
    evidence = {**sample("passed"), "outcome": "failed", "failed_step": step}
    assert section in [found for _, _, found in advice(evidence)]
    assert advice({**evidence, "requests": []})
