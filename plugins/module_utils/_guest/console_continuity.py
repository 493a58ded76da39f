# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: what a guest that counts on its console has printed, and whether it is the same that went on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class ConsolePatterns:
    """How a guest says that it has booted, and how far it has counted."""

    boot: re.Pattern[str]
    count: re.Pattern[str]
    # Seconds from one count to the next
    period: float

    @classmethod
    def of(cls, boot: str, count: str, period: float) -> ConsolePatterns:
        """From a user's patterns."""
        compiled = {}
        for option, pattern in (("boot_pattern", boot), ("count_pattern", count)):
            try:
                compiled[option] = re.compile(pattern)
            except re.error as error:
                raise InputError(f"{option} is no regular expression: {pattern!r}: {error}.") from error
        if "count" not in compiled["count_pattern"].groupindex:
            raise InputError(f"count_pattern must have a group (?P<count>…), found {count!r}.")
        if period <= 0:
            raise InputError(f"period must be greater than 0, found {period}.")
        return cls(compiled["boot_pattern"], compiled["count_pattern"], period)


@dataclass(frozen=True)
class ConsoleCounts:
    """What one look at the console found."""

    boots: int = 0
    first: int | None = None
    last: int | None = None
    mismatches: int | None = None
    # What tells this boot of the guest from others
    boot: str | None = None

    @classmethod
    def of(cls, text: str, language: ConsolePatterns) -> ConsoleCounts:
        """Read the console. Its last line may be half written, and its first half cut off: neither counts."""
        lines = text.split("\n")[:-1]
        boots = sum(1 for line in lines if language.boot.search(line.rstrip("\r")))
        found = [match for line in lines if (match := language.count.search(line.rstrip("\r")))]
        if not found:
            return cls(boots)
        more = found[-1].groupdict()
        wrong = more.get("mismatches")
        counts = (int(found[0]["count"]), int(found[-1]["count"]))
        return cls(boots, *counts, None if wrong is None else int(wrong), more.get("boot"))


@dataclass(frozen=True)
class ConsoleReading:
    """A look at one server's console, and when it was."""

    words: ConsoleCounts
    host_id: str | None
    # On this machine's monotonic clock, which all modules of a play that run here share
    moment: float

    @classmethod
    def from_result(cls, given: Mapping[str, Any]) -> ConsoleReading:
        """What the module returned of an earlier look."""
        try:
            counts = (int(given["first_count"]), int(given["count"]))
            words = ConsoleCounts(int(given["boots"]), *counts, given["mismatches"], given.get("boot"))
            return cls(words, given["host_id"], float(given["moment"]))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"before: each must be as this module returned it of a guest that counts, found {dict(given)!r}."
            ) from error


@dataclass(frozen=True)
class ContinuityResult:
    """Whether it is the same guest, and how long it stood still since."""

    problems: tuple[str, ...]
    # None where it is not the same guest
    downtime_seconds: float | None


def judge(before: ConsoleReading, now: ConsoleReading, period: float, longest: float | None = None) -> ContinuityResult:
    """Compare two looks at the same server; ``longest`` is how long it may have stood still in between."""
    then, words = before.words, now.words
    moved = before.host_id != now.host_id
    problems = []
    another = None not in (then.boot, words.boot) and then.boot != words.boot
    # A host's log of the console begins with the guest's arrival there. One that does not tell its boots apart, and was
    # started anew where it was, is found out only as long as it has counted less far than before.
    if another or words.boots > (0 if moved else then.boots):
        problems.append("it has booted anew")
    if words.last is None:
        problems.append("nothing of its counting is on its console any more")
    elif then.last is not None and words.last < then.last:
        problems.append(f"it has gone back from {then.last} to {words.last}")
    elif then.last is not None and words.last == then.last:
        problems.append(f"it has stopped to count, at {words.last}")
    if (words.mismatches or 0) > (then.mismatches or 0):
        problems.append(f"{words.mismatches} pages of its memory did not hold what it had written there")
    lost = None
    if not problems and then.last is not None and words.last is not None:
        lost = round(max(0.0, (now.moment - before.moment) - (words.last - then.last) * period), 2)
    if lost is not None and longest is not None and lost > longest:
        problems.append(f"it stood still for {lost:.2f} s, and {longest:g} s are allowed (max_downtime)")
    return ContinuityResult(tuple(problems), lost)
