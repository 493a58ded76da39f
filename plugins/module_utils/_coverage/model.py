# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Data classes and names for a test of many pairs of compute hosts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

# A pair is (source, destination), as names of compute hosts.
Pair = tuple[str, str]

EACH_HOST, ALL_PAIRS, BETWEEN_GROUPS, LIST = "each_host", "all_pairs", "between_groups", "list"
COVERAGES = (EACH_HOST, ALL_PAIRS, BETWEEN_GROUPS, LIST)

# The purpose of a migration. The last two find out which host of a failed pair is at fault.
PLANNED, OTHER_SOURCE, OTHER_DESTINATION = "planned", "other_source", "other_destination"

CAN_MOVE, DOUBTFUL, CANNOT_MOVE = "can_move", "doubtful", "cannot_move"


@dataclass(frozen=True)
class HostGroup:
    """Compute hosts that can exchange servers."""

    name: str
    hosts: tuple[str, ...]

    def as_result(self) -> dict[str, Any]:
        return {"name": self.name, "hosts": list(self.hosts)}


@dataclass(frozen=True)
class Journey:
    """The hosts that one server visits. The server boots on the first host."""

    id: str
    hosts: tuple[str, ...]
    # The purpose of the first migration. The other migrations are planned ones.
    purpose: str = PLANNED

    @property
    def pairs(self) -> list[Pair]:
        return list(pairwise(self.hosts))

    def purpose_of(self, step: int) -> str:
        return self.purpose if step == 0 else PLANNED

    def as_result(self) -> dict[str, Any]:
        return {"id": self.id, "hosts": list(self.hosts), "purpose": self.purpose}

    @classmethod
    def of(cls, given: dict[str, Any]) -> Journey:
        return cls(str(given["id"]), tuple(given["hosts"]), str(given["purpose"]))
