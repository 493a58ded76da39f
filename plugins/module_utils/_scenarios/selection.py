# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that choose the scenarios of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import (
    DEFAULT_PROFILE,
    DEFAULT_SCENARIO,
    SUITES,
    Profile,
    Scenario,
    ScenarioRun,
)
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# Each of these values selects everything.
ALL = "all"
# This value requests the catalogue, and nothing runs.
LIST = "list"


def problems_of(
    ids: Sequence[str],
    known_tags: Iterable[str],
    suites: Iterable[str],
    scenarios: Iterable[str],
    tags: Iterable[str],
) -> list[str]:
    """Return a message for each unknown suite, scenario or tag. ``ids`` are the ids of all scenarios."""
    known = {
        "suite": [*SUITES, ALL, LIST],
        "scenario": [*ids, *(name.partition("/")[2] for name in ids), ALL, LIST],
        "tag": sorted(set(known_tags)),
    }
    problems = []
    for kind, names in (("suite", suites), ("scenario", scenarios), ("tag", tags)):
        for name in names:
            if name not in known[kind]:
                hint = did_you_mean(name, known[kind])
                few = f"Known are {', '.join(known[kind])}." if len(known[kind]) <= len(SUITES) + 2 else ""
                problems.append(f"There is no {kind} {name!r}. {hint or few}".rstrip())
    return problems


def select(
    catalogue: Sequence[Scenario], suites: Sequence[str], scenarios: Sequence[str], tags: Sequence[str]
) -> list[Scenario]:
    """Return the selected scenarios in the order of the catalogue.

    Suites and scenarios add up. Tags then keep the scenarios with one of the tags. Without a selection, only the
    default scenario is selected.
    """
    if not suites and not scenarios and not tags:
        return [scenario for scenario in catalogue if scenario.id == DEFAULT_SCENARIO]
    everything = ALL in suites or ALL in scenarios or (not suites and not scenarios)
    chosen = [
        scenario
        for scenario in catalogue
        if everything or scenario.suite in suites or scenario.id in scenarios or scenario.name in scenarios
    ]
    return [scenario for scenario in chosen if not tags or set(tags) & set(scenario.tags)]


def runs_of(
    scenarios: Iterable[Scenario], profiles: Mapping[str, Profile], own_profiles: Sequence[str]
) -> list[ScenarioRun]:
    """Return the scenarios with the profiles with which they run.

    The default scenario runs with each of the user's profiles, ``own_profiles``, or with the default profile. Any other
    scenario runs once with each profile that it names.
    """
    runs = []
    for scenario in scenarios:
        names: Sequence[str] = scenario.profiles
        if scenario.id == DEFAULT_SCENARIO:
            names = own_profiles or (DEFAULT_PROFILE,)
        runs += [ScenarioRun(scenario, profiles[name]) for name in names]
    return runs


def unused_profiles(names: Sequence[str]) -> str:
    """Return a message about the user's profiles with which no selected scenario runs, or an empty text."""
    if not names:
        return ""
    return (
        f"No selected scenario uses these profiles: {', '.join(names)}. Only {DEFAULT_SCENARIO} runs with each profile"
        " of the user. To run it as well, add it to the selected scenarios."
    )


def unknown_profiles(scenarios: Iterable[Scenario], profiles: Iterable[str]) -> list[str]:
    """Return a message for each scenario that names a profile that does not exist."""
    known = list(profiles)
    return [
        f"The scenario {scenario.id} names the profile {name!r}, which does not exist."
        f" {did_you_mean(name, known) or 'Known are ' + ', '.join(known) + '.'}"
        for scenario in scenarios
        for name in scenario.profiles
        if name not in known
    ]
