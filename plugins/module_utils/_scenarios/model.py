# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Data classes and names of scenarios and profiles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_devices import BootDevices

if TYPE_CHECKING:
    from collections.abc import Mapping

SUITES = (
    "concurrent-instances",
    "live-migration",
    "interruptions",
    "cold-migration",
    "volumes",
    "networks",
)
# The scenario that the playbook regression.yml runs if nothing is selected.
DEFAULT_SCENARIO = "concurrent-instances/one-of-several"
DEFAULT_PROFILE = "default"

PASSED, FAILED, INCONCLUSIVE, ERROR = "passed", "failed", "inconclusive", "error"
NOT_APPLICABLE, KNOWN_ISSUE = "not_applicable", "known_issue"
OUTCOMES = (FAILED, ERROR, INCONCLUSIVE, KNOWN_ISSUE, PASSED, NOT_APPLICABLE)


@dataclass(frozen=True)
class Bug:
    """A bug of Nova for which a scenario stands."""

    number: int
    title: str

    @property
    def url(self) -> str:
        return f"https://bugs.launchpad.net/nova/+bug/{self.number}"

    def as_result(self) -> dict[str, Any]:
        return {"number": self.number, "title": self.title, "url": self.url}


@dataclass(frozen=True)
class KnownIssue:
    """A problem of some Nova releases that makes a check of a scenario fail.

    ``first`` and ``fixed`` are major versions of Nova, such as 34 for OpenStack 2026.2. ``fixed`` is the first version
    without the problem. It is None if no release has a fix.
    """

    title: str
    first: int
    fixed: int | None
    # The names of the checks that fail because of the problem.
    checks: frozenset[str]
    effect: str
    source: str

    def affects(self, versions: tuple[int, int]) -> bool:
        """Return whether a cloud can have the problem. ``versions`` are its oldest and newest possible Nova version."""
        oldest, newest = versions
        return newest >= self.first and (self.fixed is None or oldest < self.fixed)

    @property
    def range(self) -> str:
        """Return the affected versions as text."""
        return f"Nova {self.first} and newer" if self.fixed is None else f"Nova {self.first} to {self.fixed - 1}"

    def as_result(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "first": self.first,
            "fixed": self.fixed,
            "range": self.range,
            "checks": sorted(self.checks),
            "effect": self.effect,
            "source": self.source,
        }


@dataclass(frozen=True)
class Step:
    """One step of a scenario. ``options`` contains a value for each option of the step."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """A situation with its steps and its expected checks."""

    suite: str
    name: str
    title: str
    tests: str
    steps: tuple[Step, ...]
    # The names of the checks that the steps must have made.
    checks: tuple[str, ...]
    bugs: tuple[Bug, ...] = ()
    tags: tuple[str, ...] = ()
    profiles: tuple[str, ...] = (DEFAULT_PROFILE,)
    # What the cloud must offer, by the name of the precondition.
    preconditions: Mapping[str, Any] = field(default_factory=dict)
    known_issues: tuple[KnownIssue, ...] = ()
    # Why no fault of the local cloud turns this scenario red, or the names of these faults.
    faults: tuple[str, ...] = ()
    no_fault: str = ""

    @property
    def id(self) -> str:
        return f"{self.suite}/{self.name}"

    @property
    def disruptive(self) -> bool:
        """Return whether the scenario changes objects that other users share."""
        return bool(self.preconditions.get("disruptive"))

    @property
    def boot(self) -> Mapping[str, Any]:
        """Return the options of the first step, which boots the servers."""
        return self.steps[0].options


@dataclass(frozen=True)
class Profile:
    """A kind of servers. Without an image or a flavor, the run chooses them."""

    name: str
    title: str = ""
    image: str | None = None
    flavor: str | None = None
    devices: BootDevices = field(default_factory=BootDevices)
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ScenarioRun:
    """One scenario with one profile."""

    scenario: Scenario
    profile: Profile

    @property
    def id(self) -> str:
        """Return an id such as live-migration/paused, with the profile in brackets if it is not the default."""
        suffix = "" if self.profile.name == DEFAULT_PROFILE else f"[{self.profile.name}]"
        return f"{self.scenario.id}{suffix}"
