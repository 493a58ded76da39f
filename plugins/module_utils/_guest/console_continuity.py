# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Find out from the console of a guest whether the guest kept running."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping


# The lines of the guests of the local cloud: one at each boot, and one in each period, in seconds.
BOOT_PATTERN = "^BOOT$"
COUNT_PATTERN = r"^TICK (?P<count>\d+) (?P<mismatches>\d+)(?: (?P<boot>\d+))?$"
PERIOD = 0.10985
# The lines of a guest that verifies its data disk: either the numbers of blocks, or the first damaged block.
DISK_PATTERN = r"^disk (?:OK (?P<verified>\d+) (?P<written>\d+)|BAD (?P<damage>.+))$"
# Two rounds of a guest of the local cloud, which verifies 32 blocks of each data disk in turn. The first line that is
# read after a migration can be older than the end of the migration, so one round is not enough.
DISK_CHECKS = 64


@dataclass(frozen=True)
class ConsolePatterns:
    """The regular expressions that find boots, counter values and disk checks in the console output of a guest."""

    boot: re.Pattern[str]
    count: re.Pattern[str]
    # Seconds between two counter lines.
    period: float
    disk: re.Pattern[str] = re.compile(DISK_PATTERN)

    @classmethod
    def of(cls, boot: str, count: str, period: float, disk: str = DISK_PATTERN) -> ConsolePatterns:
        """Compile the regular expressions of the options. Raise InputError when an option is not valid."""
        compiled = {}
        for option, pattern in (("boot_pattern", boot), ("count_pattern", count), ("disk_pattern", disk)):
            try:
                compiled[option] = re.compile(pattern)
            except re.error as error:
                raise InputError(f"{option} must be a regular expression, found {pattern!r}: {error}.") from error
        if "count" not in compiled["count_pattern"].groupindex:
            raise InputError(f"count_pattern must have a group (?P<count>…), found {count!r}.")
        if not {"verified", "damage"} <= compiled["disk_pattern"].groupindex.keys():
            raise InputError(
                f"disk_pattern must have the groups (?P<verified>…) and (?P<damage>…), found {disk!r}. Add the groups."
            )
        if period <= 0:
            raise InputError(f"period must be greater than 0, found {period}.")
        return cls(compiled["boot_pattern"], compiled["count_pattern"], period, compiled["disk_pattern"])


@dataclass(frozen=True)
class ConsoleCounts:
    """How often a guest has booted, and which counter values it has printed on its console."""

    boots: int = 0
    first: int | None = None
    last: int | None = None
    mismatches: int | None = None
    # An id that the guest prints at each boot. The value is None if the guest prints no id.
    boot: str | None = None
    # The number of blocks on its data disk that the guest has verified. The value is None if it prints no such number.
    verified: int | None = None
    # What the guest prints about a damaged block of its data disk.
    damage: str | None = None

    @classmethod
    def of(cls, text: str, patterns: ConsolePatterns) -> ConsoleCounts:
        """Parse the boot lines and the counter lines in the console output. An incomplete last line is ignored."""
        lines = text.split("\n")[:-1]
        boots = sum(1 for line in lines if patterns.boot.search(line.rstrip("\r")))
        found = [match for line in lines if (match := patterns.count.search(line.rstrip("\r")))]
        disks = [match.groupdict() for line in lines if (match := patterns.disk.search(line.rstrip("\r")))]
        # A guest with a damaged disk prints only the damage, so the last line is decisive.
        disk = disks[-1] if disks else {"verified": None, "damage": None}
        verified, damage = None if disk["verified"] is None else int(disk["verified"]), disk["damage"]
        if not found:
            return cls(boots, verified=verified, damage=damage)
        more = found[-1].groupdict()
        wrong = more.get("mismatches")
        counts = (int(found[0]["count"]), int(found[-1]["count"]))
        return cls(boots, *counts, None if wrong is None else int(wrong), more.get("boot"), verified, damage)


@dataclass(frozen=True)
class ConsoleReading:
    """One reading of the numbers that a guest prints on its console."""

    counts: ConsoleCounts
    host_id: str | None
    # The time at which the console was read, in seconds on the monotonic clock.
    moment: float

    @classmethod
    def from_result(cls, given: Mapping[str, Any]) -> ConsoleReading:
        """Create a console reading from an earlier module result.

        Raise InputError if the result lacks a value.
        """
        try:
            values = (int(given["first_count"]), int(given["count"]))
            disk = (given.get("disk_verified"), given.get("disk_damage"))
            counts = ConsoleCounts(int(given["boots"]), *values, given["mismatches"], given.get("boot"), *disk)
            return cls(counts, given["host_id"], float(given["moment"]))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                "before: each entry must come from an earlier result of this module and have a counter, found"
                f" {dict(given)!r}."
            ) from error


@dataclass(frozen=True)
class ContinuityResult:
    """The result of comparing two readings of a guest's console."""

    problems: tuple[str, ...]
    # None means that the number on the console did not continue.
    downtime_seconds: float | None


def compare(
    before: ConsoleReading, now: ConsoleReading, period: float, max_downtime: float | None = None
) -> ContinuityResult:
    """Compare two console readings of the same server. `max_downtime` is in seconds."""
    earlier, counts = before.counts, now.counts
    moved = before.host_id != now.host_id
    problems = []
    another = None not in (earlier.boot, counts.boot) and earlier.boot != counts.boot
    # After a migration, the console log is new. Therefore each boot line in the new log means a reboot.
    if another or counts.boots > (0 if moved else earlier.boots):
        problems.append("it has rebooted")
    if counts.last is None:
        problems.append("the console no longer shows the counter")
    elif earlier.last is not None and counts.last < earlier.last:
        problems.append(f"the counter on the console went back from {earlier.last} to {counts.last}")
    elif earlier.last is not None and counts.last == earlier.last:
        problems.append(f"the counter on the console has stopped at {counts.last}")
    if (counts.mismatches or 0) > (earlier.mismatches or 0):
        problems.append(f"{counts.mismatches} memory pages have changed unexpectedly")
    if (disk := _disk_problem(earlier, counts)) is not None:
        problems.append(disk)
    downtime = None
    if not problems and earlier.last is not None and counts.last is not None:
        downtime = round(max(0.0, (now.moment - before.moment) - (counts.last - earlier.last) * period), 2)
    if downtime is not None and max_downtime is not None and downtime > max_downtime:
        problems.append(f"its downtime is {downtime:.2f} s, allowed is {max_downtime:g} s (max_downtime)")
    return ContinuityResult(tuple(problems), downtime)


def _disk_problem(earlier: ConsoleCounts, counts: ConsoleCounts) -> str | None:
    """Return the problem with the data disk of the guest, or None."""
    if counts.damage is not None:
        return f"its data disk is damaged: block {counts.damage}"
    if earlier.verified is None:
        return None
    if counts.verified is None:
        return "the console no longer shows the check of its data disk"
    if counts.verified <= earlier.verified:
        return f"the check of its data disk has stopped at {counts.verified} blocks"
    return None
