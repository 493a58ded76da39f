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
        ("failed", "boot", "Servers could not be booted"),
        ("inconclusive", "preflight", "The question could not be put"),
        ("error", "boot", "The run itself failed"),
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


def test_nothing_when_all_is_well() -> None:
    assert advice(sample("passed")) == []


def test_no_valid_host_is_the_schedulers_word() -> None:
    evidence = sample("failed")
    found = advice(evidence)
    assert "nova-scheduler" in found[0][0]
    assert found[0][1] == evidence["migrations"][0]["request_id"]
    assert [section for _, _, section in found] == ["", "hosts", "control"]
    assert len(advice({**evidence, "control": {}})) == 2


def test_disagreement_names_the_check() -> None:
    assert advice(failed("disagreement"))[0][1:] == ("status", "migration-1")


def test_timeout_looks_for_a_host_that_is_down() -> None:
    evidence = failed("timeout")
    assert advice(evidence)[0][0] == "Whether nova-compute runs on compute1 and compute2"
    evidence["hosts"]["after"][1]["usable"] = False
    assert advice(evidence)[0] == ("Hosts that are not usable now: compute2", "openstack compute service list", "hosts")


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("not_found", "nova-api"),
        ("cancelled", "nova-compute"),
        ("failed", "which step failed"),
        ("other", "which step"),
    ],
)
def test_other_kinds(kind: str, where: str) -> None:
    assert where in advice(failed(kind))[0][0]


def stepped_in(kind: str, action: str = "abort", **changes: Any) -> dict[str, Any]:
    """A migration that this run ended, because it was not over in time."""
    running = [{"status": "running", "seen": "2026-11-21T10:28:15.000+00:00"}]
    evidence = failed(kind, on_timeout_action=action, history=running, **changes)
    evidence["inputs"]["migrate_timeout"] = 8
    return evidence


@pytest.mark.parametrize("action", ["abort", "force_complete"])
@pytest.mark.parametrize("kind", ["cancelled", "failed", "timeout"])
def test_own_abort_is_blamed_on_nobody_else(kind: str, action: str) -> None:
    found = advice(stepped_in(kind, action))
    assert found[0] == (
        "Why the copy took so long: a guest that writes faster than it goes, the bandwidth from compute1 to compute2",
        "",
        "migration-1",
    )
    assert [code for _, code, _ in found[1:3]] == [
        "max_concurrent_live_migrations",
        "migration_cycle_migrate_timeout: 8",
    ]
    assert found[2][2] == "inputs"
    assert not [text for text, _, _ in found if "Who aborted" in text]


def test_somebody_elses_abort_is_asked_after() -> None:
    assert "Who aborted" in advice(failed("cancelled", on_timeout_action=None))[0][0]


def test_own_abort_shows_how_far_the_copy_came() -> None:
    mib = 1024 * 1024
    looks = [
        {"seen": f"2026-11-21T10:28:1{second}.000+00:00", "memory_total_bytes": 512 * mib}
        | {"memory_processed_bytes": second * 100 * mib, "memory_remaining_bytes": 300 * mib}
        for second in (6, 9)
    ]
    evidence = stepped_in("cancelled", server_name="probe-1", progress=looks)
    assert advice(evidence)[0][1] == "probe-1: 900 MiB of memory copied, 300 left"


def test_migration_that_never_copied_waited_for_others() -> None:
    evidence = stepped_in("cancelled")
    evidence["migrations"][0]["history"][0]["status"] = "queued"
    assert advice(evidence)[0][1] == "max_concurrent_live_migrations"


def test_host_that_died_explains_more_than_the_copy() -> None:
    evidence = stepped_in("timeout")
    evidence["hosts"]["after"][1]["usable"] = False
    assert advice(evidence)[0][0] == "Hosts that are not usable now: compute2"


def test_host_elsewhere_explains_nothing() -> None:
    evidence = stepped_in("timeout")
    evidence["hosts"]["after"].append({**evidence["hosts"]["after"][1], "name": "compute3", "usable": False})
    assert advice(evidence)[0][2] == "migration-1"
    # but where it was to go is not known, and it may be there
    evidence["migrations"][0].update(destination=None, expected_host=None)
    assert advice(evidence)[0][0] == "Hosts that are not usable now: compute3"


def test_own_abort_of_evidence_without_inputs() -> None:
    evidence = {**stepped_in("cancelled"), "inputs": {}}
    assert advice(evidence)[2][1] == "migration_cycle_migrate_timeout"


def test_disagreement_stays_one_after_an_abort() -> None:
    assert advice(stepped_in("disagreement"))[0][1:] == ("status", "migration-1")


@pytest.mark.parametrize("action", [None, "abort"])
@pytest.mark.parametrize("kind", ["disagreement", "timeout", "cancelled", "failed"])
def test_link_is_to_the_migration_that_is_meant(kind: str, action: str | None) -> None:
    evidence = failed(kind, on_timeout_action=action)
    evidence["migrations"].insert(0, sample("passed")["migrations"][0])
    assert [section for _, _, section in advice(evidence) if section.startswith("migration-")] == ["migration-2"]


def test_inconclusive_looks_at_the_hosts() -> None:
    assert advice(sample("inconclusive"))[0][2] == "hosts"
    evidence = {**sample("failed"), "outcome": "inconclusive"}
    assert [section for _, _, section in advice(evidence)] == ["hosts", "", "control"]


@pytest.mark.parametrize(("step", "section"), [("boot", "servers"), ("cleanup", "cleanup"), ("preflight", "hosts")])
def test_before_and_after_the_migration(step: str, section: str) -> None:
    evidence = {**sample("passed"), "outcome": "failed", "failed_step": step}
    assert section in [found for _, _, found in advice(evidence)]
    assert advice({**evidence, "requests": []})
