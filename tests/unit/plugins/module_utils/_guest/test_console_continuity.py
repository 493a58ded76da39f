# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._guest.console_continuity import (
    ConsoleCounts,
    ConsolePatterns,
    ConsoleReading,
    compare,
)

GUEST = ConsolePatterns.of(r"^BOOT$", r"^TICK (?P<count>\d+) (?P<mismatches>\d+)(?: (?P<boot>\d+))?$", 0.1)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("", ConsoleCounts()),
        ("BOOT\r\nTICK 0 0\r\nTICK 1 0\r\n", ConsoleCounts(1, 0, 1, 0)),
        # The first line and the last line are incomplete.
        ("2 0\r\nTICK 13 0\r\nTICK 14 2\r\nTICK 1", ConsoleCounts(0, 13, 14, 2)),
        ("BOOT\r\nTICK 0 0 77\r\nTICK 1 0 77\r\n", ConsoleCounts(1, 0, 1, 0, "77")),
        ("SeaBIOS (version 1.16)\r\n\x1bc\x1b[?7l\r\nBOOT\r\n", ConsoleCounts(1)),
        ("BOOT\nTICK 0 0\nBOOT\nTICK 0 0\n", ConsoleCounts(2, 0, 0, 0)),
        # The guest also writes and verifies blocks of a data disk. The last of these lines is decisive.
        ("TICK 0 0\ndisk OK 8 16\nTICK 1 0\ndisk OK 24 32\n", ConsoleCounts(0, 0, 1, 0, verified=24)),
        (
            "TICK 0 0\ndisk OK 8 16\ndisk BAD 7 expected 2:7 found 1:7\n",
            ConsoleCounts(0, 0, 0, 0, damage="7 expected 2:7 found 1:7"),
        ),
        ("disk OK 8 16\n", ConsoleCounts(verified=8)),
    ],
)
def test_reads_counts_of_console(text: str, counts: ConsoleCounts) -> None:
    assert ConsoleCounts.of(text, GUEST) == counts


def test_reads_counts_of_a_guest_without_memory_check() -> None:
    patterns = ConsolePatterns.of("^login:", r"^up (?P<count>\d+)s$", 1)
    assert ConsoleCounts.of("up 5s\nup 6s\n", patterns) == ConsoleCounts(0, 5, 6, None)


@pytest.mark.parametrize(
    ("boot", "count", "period", "told"),
    [
        ("(", "x", 1, "boot_pattern must be a regular expression"),
        ("x", "(", 1, "count_pattern must be a regular expression"),
        ("x", "x", 1, "count_pattern must have a group"),
        ("x", "(?P<count>x)", 0, "period must be greater than 0"),
    ],
)
def test_refuses_invalid_patterns(boot: str, count: str, period: float, told: str) -> None:
    with pytest.raises(InputError, match=told):
        ConsolePatterns.of(boot, count, period)


BEFORE = ConsoleReading(ConsoleCounts(1, 0, 50, 0), "one", 100.0)


@pytest.mark.parametrize(
    ("counts", "host", "problem"),
    [
        (ConsoleCounts(1, 0, 80, 0), "one", None),
        (ConsoleCounts(0, 60, 80, 0), "two", None),
        # The start of the console log was deleted.
        (ConsoleCounts(0, 20, 80, 0), "one", None),
        (ConsoleCounts(1, 0, 80, 0), "two", "rebooted"),
        (ConsoleCounts(2, 0, 80, 0), "one", "rebooted"),
        (ConsoleCounts(0, 10, 40, 0), "two", "went back from 50 to 40"),
        (ConsoleCounts(0, 10, 50, 0), "two", "the counter on the console has stopped at 50"),
        (ConsoleCounts(), "two", "the console no longer shows the counter"),
        (ConsoleCounts(0, 60, 80, 3), "two", "3 memory pages"),
    ],
)
def test_compares_readings(counts: ConsoleCounts, host: str, problem: str | None) -> None:
    judgement = compare(BEFORE, ConsoleReading(counts, host, 104.0), GUEST.period)
    if problem is None:
        assert judgement.problems == ()
        assert judgement.downtime_seconds == 1.0
    else:
        assert problem in " ".join(judgement.problems)
        assert judgement.downtime_seconds is None


def test_downtime_is_never_negative() -> None:
    assert (
        compare(BEFORE, ConsoleReading(ConsoleCounts(0, 51, 91, 0), "two", 104.0), GUEST.period).downtime_seconds == 0.0
    )


def test_mismatches_before_the_migration_are_no_problem() -> None:
    before = ConsoleReading(ConsoleCounts(1, 0, 50, 3), "one", 100.0)
    assert compare(before, ConsoleReading(ConsoleCounts(0, 60, 80, 3), "two", 104.0), GUEST.period).problems == ()


def test_refuses_a_result_of_another_module() -> None:
    given: dict[str, Any] = {"boots": 1}
    with pytest.raises(InputError, match="before: each entry must come from an earlier result"):
        ConsoleReading.from_result(given)


@pytest.mark.parametrize(("longest", "good"), [(None, True), (1.0, True), (0.9, False), (0.0, False)])
def test_downtime_longer_than_allowed_is_a_problem(longest: float | None, good: bool) -> None:
    judgement = compare(BEFORE, ConsoleReading(ConsoleCounts(0, 60, 80, 0), "two", 104.0), GUEST.period, longest)
    assert judgement.downtime_seconds == 1.0
    assert (judgement.problems == ()) is good
    assert good or "its downtime is 1.00 s, allowed is 0" in judgement.problems[0]


def test_compares_boot_values() -> None:
    before = ConsoleReading(ConsoleCounts(1, 0, 50, 0, "77"), "one", 100.0)
    same, another = ConsoleCounts(1, 0, 80, 0, "77"), ConsoleCounts(1, 0, 80, 0, "78")
    assert compare(before, ConsoleReading(same, "one", 104.0), GUEST.period).problems == ()
    # The guest has a new boot value. It runs on the same host, and its count is higher.
    assert compare(before, ConsoleReading(another, "one", 104.0), GUEST.period).problems == ("it has rebooted",)


@pytest.mark.parametrize(("disk", "told"), [("(", "must be a regular expression"), ("x", "must have the groups")])
def test_refuses_invalid_disk_pattern(disk: str, told: str) -> None:
    with pytest.raises(InputError, match=f"disk_pattern {told}"):
        ConsolePatterns.of("x", "(?P<count>x)", 1, disk)


@pytest.mark.parametrize(
    ("before", "now", "problem"),
    [
        ({"verified": 8}, {"verified": 9}, None),
        # The guest has printed no such line before.
        ({}, {"verified": 9}, None),
        ({}, {}, None),
        ({"verified": 8}, {"verified": 8}, "the check of its data disk has stopped at 8 blocks"),
        ({"verified": 8}, {}, "the console no longer shows the check of its data disk"),
        ({"verified": 8}, {"damage": "7 expected 2:7 found 1:7"},
         "its data disk is damaged: block 7 expected 2:7 found 1:7"),
        ({}, {"damage": "7 expected 2:7 found I/O error"},
         "its data disk is damaged: block 7 expected 2:7 found I/O error"),
    ],
)  # fmt: skip
def test_compares_disks(before: dict[str, Any], now: dict[str, Any], problem: str | None) -> None:
    earlier = ConsoleReading(ConsoleCounts(1, 0, 50, 0, **before), "one", 100.0)
    found = compare(earlier, ConsoleReading(ConsoleCounts(0, 60, 80, 0, **now), "two", 104.0), GUEST.period)
    assert found.problems == (() if problem is None else (problem,))
