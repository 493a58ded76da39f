# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions and data classes for the page about many clouds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ansible_collections.stackproof.migration.plugins.plugin_utils._report import headlines
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.clouds import (
    ERROR,
    FAILED,
    INCONCLUSIVE,
    OUTCOMES,
    PASSED,
    worst_first,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.html import render
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timestamps import (
    format_date_time,
    format_seconds,
    seconds_between,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# A sentence of the report names at most this many clouds.
MAX_NAMES = 5
# Minimum width of a bar in percent. A narrower bar would not be visible.
MIN_WIDTH = 1.0
_TITLES = {
    PASSED: "Live migration works on {}",
    INCONCLUSIVE: "Preconditions not met on {}",
    ERROR: "The run stopped with an error on {}",
    FAILED: "Live migration failed on {}",
}
Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Bar:
    """The bar of one cloud in the chart.

    ``x`` and ``width`` are in percent of the duration of the test run.
    """

    x: float
    width: float


@dataclass(frozen=True)
class TargetRow:
    """One row in the report's table of clouds."""

    name: str
    kind: str
    label: str
    step: str
    lead: str
    rest: str
    accepted: bool
    place: str
    release: str
    microversion: str
    migrations: str
    seconds: float | None
    time_bar: Bar | None
    link: str


@dataclass(frozen=True)
class Page:
    """The page about many clouds."""

    kind: str
    label: str
    title: str
    lead: str
    rest: str
    key_facts: Facts
    counts: tuple[tuple[str, str, int], ...]
    rows: tuple[TargetRow, ...]
    took: str
    run_id: str
    collection: str


def html(clouds: Mapping[str, Any]) -> str:
    """Return the page as one self-contained HTML file."""
    return render("clouds.html.j2", page(clouds))


def page(clouds: Mapping[str, Any]) -> Page:
    """Return all values that the page shows."""
    targets = worst_first(clouds["targets"])
    outcome = clouds["outcome"]
    return Page(
        kind=outcome,
        label=headlines.label(outcome),
        title=_title(outcome, clouds["counts"]),
        lead=_lead(targets),
        rest=_accepted_text(targets),
        key_facts=_key_facts(clouds),
        counts=tuple(
            (kind, headlines.label(kind), clouds["counts"][kind])
            for kind in reversed(OUTCOMES)
            if clouds["counts"][kind]
        ),
        rows=tuple(_row(target, clouds) for target in targets),
        took=format_seconds(clouds["seconds"]),
        run_id=clouds["run_id"],
        collection=clouds["collection"],
    )


def _title(outcome: str, counts: Mapping[str, int]) -> str:
    all_, these = sum(counts.values()), counts[outcome]
    if all_ == 1:
        return _TITLES[outcome].format("the only target")
    if these == all_:
        return _TITLES[outcome].format(f"all {all_} targets")
    return _TITLES[outcome].format(f"{these} of {all_} targets")


def _lead(targets: Sequence[Mapping[str, Any]]) -> str:
    """Return a text that lists the clouds by outcome.

    Clouds that passed are listed only if all clouds passed.
    """
    named = {
        outcome: [target["name"] for target in targets if target["outcome"] == outcome]
        for outcome in reversed(OUTCOMES)
    }
    parts = [f"{headlines.label(outcome)}: {_names(names)}." for outcome, names in named.items() if names]
    return " ".join(parts[:-1] if named[PASSED] and len(parts) > 1 else parts)


def _names(names: Sequence[str]) -> str:
    if len(names) <= MAX_NAMES:
        return ", ".join(names)
    return f"{', '.join(names[: MAX_NAMES - 1])} and {len(names) - MAX_NAMES + 1} more"


def _accepted_text(targets: Iterable[Mapping[str, Any]]) -> str:
    names = [target["name"] for target in targets if target["ok"] and target["outcome"] == INCONCLUSIVE]
    return f"The outcome inconclusive is accepted for {_names(names)}." if names else ""


def _key_facts(clouds: Mapping[str, Any]) -> Facts:
    migrations = sum(target["migrations"] for target in clouds["targets"])
    completed = sum(target["completed"] for target in clouds["targets"])
    facts = [
        ("Targets", str(len(clouds["targets"]))),
        ("Started", format_date_time(clouds["started"])),
        ("Duration", format_seconds(clouds["seconds"])),
    ]
    added_up = sum(target["seconds"].get("total", 0.0) for target in clouds["targets"])
    if added_up > clouds["seconds"]:
        facts.append(("Sum of durations", format_seconds(added_up)))
    if migrations:
        facts.append(("Completed", f"{completed} of {migrations} migrations"))
    return tuple(facts)


def _row(target: Mapping[str, Any], clouds: Mapping[str, Any]) -> TargetRow:
    lead, rest = headlines.split_first_sentence(target["reason"])
    places = (("cloud", ""), ("region", "region "), ("availability_zone", "zone "))
    return TargetRow(
        name=target["name"],
        kind=target["outcome"],
        label=headlines.label(target["outcome"]),
        step=target["failed_step"],
        lead=lead,
        rest=rest,
        accepted=target["ok"] and target["outcome"] == INCONCLUSIVE,
        place=", ".join(f"{word}{target[key]}" for key, word in places if target[key] not in (None, target["name"])),
        release=str(target["release"] or "not known"),
        microversion=str(target["microversion"] or ""),
        migrations=f"{target['completed']} of {target['migrations']}" if target["migrations"] else "none",
        seconds=target["seconds"].get("total"),
        time_bar=_bar(target, clouds),
        link=quote(target["report"]) if target["report"] else "",
    )


def _bar(target: Mapping[str, Any], clouds: Mapping[str, Any]) -> Bar | None:
    before, took = (
        seconds_between(clouds["started"], target["started"]),
        seconds_between(target["started"], target["ended"]),
    )
    if before is None or took is None:
        return None
    whole = max(clouds["seconds"], 0.001)
    width = min(100.0, max(MIN_WIDTH, 100 * took / whole))
    return Bar(x=round(min(100.0 - width, max(0.0, 100 * before / whole)), 2), width=round(width, 2))
