# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.evidence import build
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.html import html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.junit import junit
from ansible_collections.stackproof.migration.tests.browser.evidence import SAMPLES, bare, many, sample
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import cycles

LIMIT = 1_000_000
VOID = {"meta", "br", "wbr", "link", "img", "input", "hr"}


class Strict(HTMLParser):
    """A parser that fails if tags are not nested correctly or an id occurs twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.seen.append((tag, named))
        if "id" in named:
            assert str(named["id"]) not in self.ids
            self.ids.add(str(named["id"]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(text: str) -> Strict:
    parser = Strict()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    return parser


@pytest.mark.parametrize("name", SAMPLES)
def test_is_well_formed(name: str) -> None:
    expected = {"lead", "main", "hosts", "steps", "cloud", "inputs"}
    changes = {"servers", "requests", "cleanup"}
    ids = parsed(html(sample(name))).ids
    assert ids >= expected
    # a run without changes has no sections about changes
    assert ids & changes == (set() if name == "inconclusive" else changes)


def test_report_of_invalid_inputs_is_short() -> None:
    reason = "migration_cycle_count: give a whole number from 1 on, not many. Nothing was done."
    cycle = cycles.not_asked("error", "preflight", reason) | {"inputs": {"count": "many"}, "cloud": ""}
    cycle["failure"]["kinds"] = ["input"]
    evidence = build(cycle, collection="1.0.0", ended="2026-04-01T10:00:02.000+00:00")
    found = parsed(html(evidence))
    sections = [named["id"] for tag, named in found.seen if tag == "section" and "id" in named]
    assert sections == ["steps", "cloud", "inputs"]
    text = html(evidence)
    assert text.count(reason.split(". ", maxsplit=1)[0]) == 2
    assert "Correct the role input that the reason mentions" in text
    assert junit(evidence).count(reason) == 3


def test_minimal_evidence_is_short() -> None:
    text = html(bare())
    parsed(text)
    for words in ("Cloud nowhere was not found.", "No server was booted.", "clouds.yaml", "No step ran."):
        assert words in text


def test_accepts_missing_keys() -> None:
    parsed(html({"outcome": "error"}))


def test_loads_no_other_resource() -> None:
    for tag, named in parsed(html(many(30))).seen:
        assert tag not in ("link", "img", "iframe", "object", "embed")
        assert "src" not in named
        assert str(named.get("href", "#")).startswith("#")


def test_escapes_all_texts() -> None:
    nasty = "<script>alert('1')</script>\" onload='x"

    def poisoned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: poisoned(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [poisoned(inner) for inner in value]
        return f"{value}{nasty}" if isinstance(value, str) else value

    evidence = {**poisoned(sample("failed")), "outcome": "failed"}
    found = parsed(html(evidence))
    assert [tag for tag, _ in found.seen].count("script") == 1
    assert not any("onload" in named for _, named in found.seen)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"outcome": "failed", "message": sample("failed")["migrations"][0]["message"]},
    ],
    ids=["completed", "failed"],
)
def test_size_limit_with_200_migrations(changes: dict[str, Any]) -> None:
    evidence = many(200, looks=2000)
    for migration in evidence["migrations"]:
        # all migrations start at the same time, so each timeline has all polls
        migration.update(changes, started=evidence["migrations"][0]["started"])
    assert len(html(evidence).encode()) <= LIMIT


def test_abridges_many_migrations() -> None:
    assert "Timeline as text" in html(sample("passed"))
    many_ = html(many(30))
    assert many_.count("<summary>Timeline as text") == 8
    assert many_.count('class="move"') == 30
    # the section of a failed migration is open at first
    assert many_.count('class="move" id="migration-7" open') == 1
    assert 'class="move" id="migration-8">' in many_


def test_shows_a_failed_control_experiment() -> None:
    text = html({**sample("failed"), "control": {"reason": "No server could be booted."}})
    assert "The control experiment failed: No server could be booted." in text


def test_shortens_reasons_of_steps() -> None:
    evidence = sample("inconclusive")
    assert html(evidence).count("compute2: its nova-compute service is disabled") == 2
    evidence["steps"][0]["reason"] = "probe-1 failed. " * 100
    assert "probe-1 failed. …" in html(evidence)


def test_shows_task_state() -> None:
    evidence = sample("passed")
    evidence["servers"][0]["after"] = {"status": "MIGRATING", "task_state": "migrating", "host": "compute1"}
    evidence["servers"][1]["after"] = None
    text = html(evidence)
    assert "MIGRATING (migrating)" in text
    assert "not known" in text


def test_lead_of_many_completed_migrations() -> None:
    evidence = many(6)
    assert "6 of 6 servers were live-migrated; 54 of 54 checks agree." in html(evidence)


def test_lead_without_migrations() -> None:
    assert "No server was migrated." in html({**sample("passed"), "migrations": []})


def test_long_reason_is_closed() -> None:
    evidence = sample("failed")
    assert "Full reason" not in html(evidence)
    text = html({**evidence, "reason": "It broke. " + "probe-1 failed. " * 100})
    assert "Full reason" in text
    parsed(text)


def test_shows_orphaned_allocations() -> None:
    evidence = sample("passed")
    evidence["cleanup"]["allocations_released"] = {"75636e77": {"compute2": {"VCPU": 1}}}
    text = html(evidence)
    assert "compute2: 1 VCPU" in text
    assert "released by this run" in text


def test_shows_that_hosts_are_not_visible() -> None:
    evidence = sample("passed")
    evidence["migrations"][0].update(source=None, destination=None, expected_host=None, allocations=None)
    evidence["migrations"][0]["record"].update(source=None, destination=None)
    evidence["hosts"] = {"before": None, "after": None}
    text = html(evidence)
    assert "1 server was live-migrated, hosts not visible;" in text
    assert "not visible →" not in text
    parsed(text)
