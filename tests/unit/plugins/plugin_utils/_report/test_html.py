# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.html import html
from ansible_collections.stackproof.migration.tests.browser.evidence import SAMPLES, bare, many, sample

LIMIT = 1_000_000
VOID = {"meta", "br", "wbr", "link", "img", "input", "hr"}


class Strict(HTMLParser):
    """Fails where a tag is closed that was not opened last, or an id is there twice."""

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
    assert parsed(html(sample(name))).ids >= {"lead", "main", "servers", "hosts", "steps", "cloud"}


def test_with_nearly_nothing_known() -> None:
    text = html(bare())
    parsed(text)
    for words in ("Cloud nowhere was not found.", "No server was booted.", "clouds.yaml", "No step was run."):
        assert words in text


def test_with_keys_that_are_not_even_there() -> None:
    parsed(html({"outcome": "error"}))


def test_needs_nothing_from_elsewhere() -> None:
    for tag, named in parsed(html(many(30))).seen:
        assert tag not in ("link", "img", "iframe", "object", "embed")
        assert "src" not in named
        assert str(named.get("href", "#")).startswith("#")


def test_escapes_all_that_comes_from_a_cloud() -> None:
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
    ids=["as they were", "all in vain"],
)
def test_two_hundred_migrations_fit(changes: dict[str, Any]) -> None:
    evidence = many(200, looks=2000)
    for migration in evidence["migrations"]:
        # asked for together: each was followed all the time
        migration.update(changes, started=evidence["migrations"][0]["started"])
    assert len(html(evidence).encode()) <= LIMIT


def test_one_migration_in_detail_and_most_of_many_in_short() -> None:
    assert "The same in words" in html(sample("passed"))
    many_ = html(many(30))
    assert many_.count("<summary>The same in words") == 8
    assert many_.count('class="move"') == 30
    # what went wrong is open at once
    assert many_.count('class="move" id="migration-7" open') == 1
    assert 'class="move" id="migration-8">' in many_


def test_control_that_could_not_be_done() -> None:
    text = html({**sample("failed"), "control": {"reason": "No server could be booted."}})
    assert "It could not be done: No server could be booted." in text


def test_steps_do_not_repeat_the_reason() -> None:
    evidence = sample("inconclusive")
    assert html(evidence).count("compute2: its nova-compute service is disabled") == 2
    evidence["steps"][0]["reason"] = "probe-1 failed. " * 100
    assert "probe-1 failed. …" in html(evidence)


def test_server_in_the_middle_of_something() -> None:
    evidence = sample("passed")
    evidence["servers"][0]["after"] = {"status": "MIGRATING", "task_state": "migrating", "host": "compute1"}
    evidence["servers"][1]["after"] = None
    text = html(evidence)
    assert "MIGRATING (migrating)" in text
    assert "not known" in text


def test_many_that_went_well() -> None:
    evidence = many(6)
    assert "6 of 6 servers were live-migrated; 54 of 54 checks agree." in html(evidence)


def test_nothing_to_migrate() -> None:
    assert "No server was migrated." in html({**sample("passed"), "migrations": []})


def test_very_long_reason_is_folded() -> None:
    evidence = sample("failed")
    assert "The whole reason" not in html(evidence)
    text = html({**evidence, "reason": "It broke. " + "probe-1 failed. " * 100})
    assert "The whole reason" in text
    parsed(text)


def test_what_nova_forgot() -> None:
    evidence = sample("passed")
    evidence["cleanup"]["allocations_released"] = {"75636e77": {"compute2": {"VCPU": 1}}}
    text = html(evidence)
    assert "compute2: 1 VCPU" in text
    assert "released by this run" in text


def test_hosts_that_may_not_be_seen() -> None:
    evidence = sample("passed")
    evidence["migrations"][0].update(source=None, destination=None, expected_host=None, allocations=None)
    evidence["migrations"][0]["record"].update(source=None, destination=None)
    evidence["hosts"] = {"before": None, "after": None}
    text = html(evidence)
    assert "not visible" in text
    parsed(text)
