# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that find out which host of a failed migration is at fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._coverage.model import Pair

SOURCE, DESTINATION, BOTH, PAIR, UNDECIDED = "source", "destination", "source_and_destination", "pair", "undecided"
# The host became unusable during the run, for example because its compute service went down.
HOST = "host"


@dataclass(frozen=True)
class Fault:
    """The host or the pair of hosts at fault."""

    fault: str
    hosts: tuple[str, ...]
    detail: str

    def as_result(self) -> dict[str, Any]:
        return {"fault": self.fault, "hosts": list(self.hosts), "detail": self.detail}


def fault_of(pair: Pair, passed: Mapping[Pair, bool]) -> str:
    """Return what is at fault for a failed pair.

    ``passed`` contains the migrations that gave an answer: True if it completed as it must, and False if it failed.
    """
    source, destination = pair
    from_source = [good for (one, other), good in passed.items() if one == source and other != destination]
    to_destination = [good for (one, other), good in passed.items() if other == destination and one != source]
    if not from_source or not to_destination:
        return UNDECIDED
    bad_source, bad_destination = not any(from_source), not any(to_destination)
    if bad_source and bad_destination:
        return BOTH
    if bad_source:
        return SOURCE
    return DESTINATION if bad_destination else PAIR


def faults_of(
    passed: Mapping[Pair, bool], lost: Mapping[str, str] | None = None
) -> tuple[dict[Pair, str], list[Fault]]:
    """Return the fault of each failed pair, and each fault once with a sentence.

    ``lost`` contains the hosts that became unusable during the run, with the reasons. Their migrations say nothing
    about other hosts.
    """
    gone = lost or {}
    of_lost = {pair for pair in passed if not gone.keys().isdisjoint(pair)}
    judged = {pair: good for pair, good in passed.items() if pair not in of_lost}
    by_pair = {pair: fault_of(pair, judged) for pair, good in judged.items() if not good}
    hosts: dict[tuple[str, str], list[Pair]] = {}
    pairs: list[Fault] = []
    for (source, destination), fault in sorted(by_pair.items()):
        if fault in (SOURCE, BOTH):
            hosts.setdefault((SOURCE, source), []).append((source, destination))
        if fault in (DESTINATION, BOTH):
            hosts.setdefault((DESTINATION, destination), []).append((source, destination))
        if fault == PAIR:
            detail = (
                f"Live migration from {source} to {destination} fails. Other migrations from {source} and to"
                f" {destination} pass."
            )
            pairs.append(Fault(PAIR, (source, destination), detail))
        if fault == UNDECIDED:
            detail = (
                f"Live migration from {source} to {destination} fails. No other migration shows which host is at fault."
            )
            pairs.append(Fault(UNDECIDED, (source, destination), detail))
    of_hosts = [
        Fault(fault, (host,), _sentence(fault, host, failed)) for (fault, host), failed in sorted(hosts.items())
    ]
    by_pair |= {pair: HOST for pair in of_lost if not passed[pair]}
    unusable = [Fault(HOST, (host,), f"{host} became unusable during the run: {why}.") for host, why in gone.items()]
    return by_pair, [*unusable, *of_hosts, *pairs]


def _sentence(fault: str, host: str, failed: list[Pair]) -> str:
    if fault == SOURCE:
        others = ", ".join(destination for _source, destination in failed)
        return f"Live migrations from {host} fail (to {others})."
    others = ", ".join(source for source, _destination in failed)
    return f"Live migrations to {host} fail (from {others})."
