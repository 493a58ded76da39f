# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that choose the migrations of one day in a large cloud."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError

if TYPE_CHECKING:
    from datetime import date

_SHARE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*")
_WHOLE = 100.0


@dataclass(frozen=True)
class Sample:
    """The part of the migrations that a run makes. ``parts`` daily runs make all migrations."""

    share: str
    part: int
    parts: int
    date: str

    def as_result(self) -> dict[str, Any]:
        return asdict(self)

    def range_of(self, moves: int) -> tuple[int, int]:
        """Return the first migration of this part and the number of migrations of this part."""
        size = math.ceil(moves / self.parts)
        return ((self.part - 1) * size) % max(1, moves), size


def sample_of(share: str, day: date) -> Sample | None:
    """Return the part for a day, or None for an empty share. Raise InputError if the share is not valid."""
    if not share.strip():
        return None
    found = _SHARE.fullmatch(share)
    percent = float(found.group(1)) if found else 0.0
    if not 0 < percent <= _WHOLE:
        raise InputError(f"sample must be a share between 0% and 100%, such as 5%, found {share!r}.")
    parts = math.ceil(_WHOLE / percent)
    return Sample(f"{percent:g}%", day.toordinal() % parts + 1, parts, day.isoformat())
