# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that plan the migrations between the compute hosts of a cloud."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations, permutations
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.evaluation import refusal
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import UNKNOWN, MoveContext
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.pair_rules import kind_of, pair_blockers
from ansible_collections.stackproof.migration.plugins.module_utils._coverage import circuits, groups
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.model import (
    ALL_PAIRS,
    BETWEEN_GROUPS,
    CAN_MOVE,
    CANNOT_MOVE,
    DOUBTFUL,
    EACH_HOST,
    HostGroup,
    Journey,
    Pair,
)
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.verdict import INCONCLUSIVE, NOT_APPLICABLE
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import Blocker
    from ansible_collections.stackproof.migration.plugins.module_utils._coverage.sampling import Sample

    Host = Mapping[str, Any]

_NO_TRAITS = "Placement shows no traits of it, because it has no room"
INCLUDED, EXCLUDED, UNUSABLE, ALONE = "included", "excluded", "unusable", "alone"


@dataclass(frozen=True)
class CoverageRequest:
    """Which pairs of compute hosts a run tests."""

    coverage: str = EACH_HOST
    pairs: tuple[Pair, ...] = ()
    # The hosts to test. Empty means all hosts.
    hosts: tuple[str, ...] = ()
    host_groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    max_parallel: int = 5
    max_moves: int = 1000
    sample: Sample | None = None

    def check(self) -> None:
        """Raise InputError if the values are not valid or do not match each other."""
        for name in ("max_parallel", "max_moves"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} must be at least 1, found {getattr(self, name)}.")
        for source, destination in self.pairs:
            if source == destination:
                raise InputError(f"pairs: {source}:{destination} names the same host twice. Name two hosts.")


def pairs_in(texts: Iterable[str]) -> tuple[Pair, ...]:
    """Return the pairs in texts such as ``compute1:compute2``. Raise InputError for other texts."""
    found = []
    for text in texts:
        source, colon, destination = str(text).partition(":")
        if not colon or not source.strip() or not destination.strip() or ":" in destination:
            raise InputError(
                f"pairs: each entry must be source:destination, such as compute1:compute2, found {text!r}."
            )
        found.append((source.strip(), destination.strip()))
    return tuple(dict.fromkeys(found))


@dataclass
class CoveragePlan:
    """The migrations of a run."""

    hosts: list[dict[str, Any]]
    groups: list[HostGroup]
    journeys: list[Journey]
    # Requested pairs that the run does not test, with the outcome and the reason.
    untested: list[dict[str, Any]]
    # The planned pairs with their predictions.
    pairs: list[dict[str, Any]]

    def as_result(self) -> dict[str, Any]:
        return {
            "hosts": self.hosts,
            "groups": [group.as_result() for group in self.groups],
            "journeys": [journey.as_result() for journey in self.journeys],
            "pairs": self.pairs,
            "untested": self.untested,
            "moves": len(self.pairs),
            "servers": len(self.journeys),
        }


class Planner:
    """Plans the migrations of one run.

    ``hosts`` are hosts of ``host_eligibility.judge`` with the key ``cpu_info``.

    ``features`` contains the traits ``COMPUTE_*`` of hosts, for the coverage between_groups.
    """

    def __init__(
        self,
        request: CoverageRequest,
        hosts: Sequence[Host],
        context: MoveContext,
        traits: Mapping[str, Sequence[str]],
        features: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        request.check()
        self.request = request
        self.context = context
        self._hosts = {str(host["name"]): host for host in hosts}
        known = sorted(self._hosts)
        _require_known("hosts", request.hosts, known)
        _require_known("pairs", [name for pair in request.pairs for name in pair], known)
        chosen = set(request.hosts or known)
        labels = groups.labels_of(request.host_groups, known)
        self._usable = [host for name, host in self._hosts.items() if host["usable"] and name in chosen]
        self._generations: list[list[HostGroup]] = []
        if request.coverage == BETWEEN_GROUPS:
            named = groups.generations_of(self._usable, labels, features or {})
            self._generations = groups.generation_groups(self._usable, traits, named)
            self.groups = [group for fence in self._generations for group in fence]
        else:
            self.groups = groups.groups_of(self._usable, context, traits, labels)
        self._group_of = {name: group for group in self.groups for name in group.hosts}
        self._judged: dict[tuple[str, str], list[Blocker]] = {}

    def plan(self) -> CoveragePlan:
        """Return the plan. Raise InputError if it has too many migrations or none."""
        self._require_few()
        walks, untested = self._walks()
        if self.request.sample is not None:
            walks = [self._part(walk, self.request.sample) for walk in walks]
        journeys = circuits.journeys_of(walks, self.request.max_parallel)
        pairs = [self._predicted(pair) for journey in journeys for pair in journey.pairs]
        return CoveragePlan(self._host_entries(), self.groups, journeys, untested, pairs)

    def _require_few(self) -> None:
        sizes = [len(group.hosts) for group in self.groups]
        counts = {
            EACH_HOST: sum(size for size in sizes if size > 1),
            ALL_PAIRS: sum(size * (size - 1) for size in sizes),
        }
        if self.request.coverage == BETWEEN_GROUPS:
            counts[BETWEEN_GROUPS] = len(self._between_groups())
        moves = counts.get(self.request.coverage, len(self.request.pairs))
        if self.request.sample is not None:
            moves = -(-moves // self.request.sample.parts)
        if moves > self.request.max_moves:
            raise InputError(
                f"coverage {self.request.coverage} has {moves} migrations, but max_moves is {self.request.max_moves}."
                " Raise max_moves, set sample to test a part of the hosts in each run, or name fewer hosts."
            )

    def _walks(self) -> tuple[list[circuits.Trail], list[dict[str, Any]]]:
        untested: list[dict[str, Any]] = []
        if self.request.coverage == EACH_HOST:
            return [circuits.ring(group.hosts) for group in self.groups if len(group.hosts) > 1], untested
        if self.request.coverage == BETWEEN_GROUPS:
            wanted = self._between_groups()
        elif self.request.coverage == ALL_PAIRS:
            wanted = [pair for group in self.groups for pair in permutations(group.hosts, 2)]
        else:
            wanted = list(self.request.pairs)
        tested = []
        for pair in wanted:
            obstacle = self._obstacle(pair)
            if obstacle is None:
                tested.append(pair)
            else:
                outcome, reason = obstacle
                untested.append({"source": pair[0], "destination": pair[1], "outcome": outcome, "reason": reason})
        return circuits.trails(tested), untested

    def _between_groups(self) -> list[Pair]:
        """Return the pairs between the generations of hosts. Raise InputError if there is only one generation."""
        found = [
            pair
            for fence in self._generations
            for one, other in combinations(fence, 2)
            for pair in circuits.between(one.hosts, other.hosts)
        ]
        if not found:
            names = ", ".join(group.name for group in self.groups) or "none"
            raise InputError(
                f"coverage {BETWEEN_GROUPS} needs two groups of usable hosts in a zone, found {names}. The API tells"
                " the version of the hypervisor and the traits of a host, but not its release. Name the old and the new"
                " hosts in host_groups."
            )
        return found

    @staticmethod
    def _part(walk: circuits.Trail, sample: Sample) -> circuits.Trail:
        start, moves = sample.range_of(len(walk) - 1)
        return circuits.part(walk, start, moves)

    def _obstacle(self, pair: Pair) -> tuple[str, str] | None:
        """Return the outcome and the reason of a pair that is not tested, or None."""
        for name in pair:
            host = self._hosts[name]
            if not host["usable"]:
                return INCONCLUSIVE, f"{name} is not usable: {host['obstacle']}."
        refused = refusal(self._blockers(pair))
        return None if refused is None else (NOT_APPLICABLE, refused.sentence)

    def _blockers(self, pair: Pair) -> list[Blocker]:
        source, destination = (self._hosts[name] for name in pair)
        kinds = (kind_of(source), kind_of(destination))
        if kinds[0] == kinds[1]:
            return []
        # The texts name the hosts, so only pairs without blockers are remembered.
        if kinds in self._judged and not self._judged[kinds]:
            return []
        self._judged[kinds] = pair_blockers(source, destination, self.context)
        return self._judged[kinds]

    def _predicted(self, pair: Pair) -> dict[str, Any]:
        blockers = self._blockers(pair)
        sure = refusal(blockers) is not None
        doubts = [blocker for blocker in blockers if blocker.certainty != UNKNOWN]
        prediction = CANNOT_MOVE if sure else (DOUBTFUL if doubts else CAN_MOVE)
        return {
            "source": pair[0],
            "destination": pair[1],
            "prediction": prediction,
            "blockers": [blocker.as_result() for blocker in blockers],
        }

    def _host_entries(self) -> list[dict[str, Any]]:
        return [self._host_entry(name, host) for name, host in self._hosts.items()]

    def _host_entry(self, name: str, host: Host) -> dict[str, Any]:
        group = self._group_of.get(name)
        status, reason = INCLUDED, None
        if not host["usable"]:
            status, reason = UNUSABLE, str(host["obstacle"])
        elif group is None:
            chosen = not self.request.hosts or name in self.request.hosts
            group_unknown = "it is in no group of host_groups" if self.request.host_groups else _NO_TRAITS
            status, reason = EXCLUDED, group_unknown if chosen else "it is not in hosts"
        elif len(group.hosts) == 1 and self.request.coverage in (EACH_HOST, ALL_PAIRS):
            status, reason = ALONE, f"it is the only usable host of the group {group.name}"
        return {
            "name": name,
            "group": None if group is None else group.name,
            "zone": host["availability_zone"],
            "hypervisor_type": host["hypervisor_type"],
            "hypervisor_version": host["hypervisor_version"],
            "status": status,
            "reason": reason,
        }


def _require_known(option: str, names: Iterable[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known)
            raise InputError(f"{option}: there is no compute host {name}. {hint}".rstrip())
