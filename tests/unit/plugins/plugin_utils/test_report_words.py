# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.plugin_utils import _report_words
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
    assert _report_words.sentences(reason) == (expected, rest)


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
    assert _report_words.title(outcome, step) == title


def advice(evidence: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one.text, one.code, one.section) for one in _report_words.what_to_look_at(evidence)]


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


def test_inconclusive_looks_at_the_hosts() -> None:
    assert advice(sample("inconclusive"))[0][2] == "hosts"
    evidence = {**sample("failed"), "outcome": "inconclusive"}
    assert [section for _, _, section in advice(evidence)] == ["hosts", "", "control"]


@pytest.mark.parametrize(("step", "section"), [("boot", "servers"), ("cleanup", "cleanup"), ("preflight", "hosts")])
def test_before_and_after_the_migration(step: str, section: str) -> None:
    evidence = {**sample("passed"), "outcome": "failed", "failed_step": step}
    assert section in [found for _, _, found in advice(evidence)]
    assert advice({**evidence, "requests": []})
