# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._probe.downtime import (
    Downtime,
    DowntimeTracker,
    RequestSchedule,
)

EVERY = 0.02


def seen(answers: set[int], looks: int, *, held_up: dict[int, float] | None = None) -> DowntimeTracker:
    """Return a tracker after requests every 20 ms. The requests with the numbers in ``answers`` have an answer."""
    tracker, now = DowntimeTracker(EVERY), 100.0
    for number in range(looks):
        tracker.advance(now)
        tracker.ask()
        if number in answers:
            tracker.answer()
        now += EVERY + (held_up or {}).get(number, 0.0)
    return tracker


def test_longest_gap_is_one_interval_if_all_requests_are_answered() -> None:
    tracker = seen(set(range(50)), 50)
    assert tracker.longest.seconds == pytest.approx(EVERY)
    assert tracker.silent == 0
    assert (tracker.asked, tracker.answered) == (50, 50)


def test_returns_the_longest_gap_and_its_start() -> None:
    tracker = seen(set(range(100)) - set(range(10, 20)) - set(range(40, 70)), 100)
    assert tracker.longest.seconds == pytest.approx(31 * EVERY)
    assert tracker.longest.started == pytest.approx(100.0 + 39 * EVERY)


def test_gap_without_an_end_counts() -> None:
    tracker = seen(set(range(10)), 60)
    assert tracker.silent == pytest.approx(50 * EVERY)
    assert tracker.longest.started == pytest.approx(100.0 + 9 * EVERY)
    assert tracker.longest.seconds == pytest.approx(50 * EVERY)


def test_nothing_counts_before_the_first_answer() -> None:
    assert seen(set(), 50).longest == Downtime()
    assert seen(set(), 50).silent == 0
    assert seen({40}, 50).longest.seconds == pytest.approx(9 * EVERY)


def test_time_without_requests_is_excluded_and_reported() -> None:
    held_up = {20: 3.0}
    found = seen(set(range(50)), 50, held_up=held_up)
    assert found.longest.seconds == pytest.approx(EVERY)
    assert found.held_up == pytest.approx(3.0)
    assert found.possible == pytest.approx(3.0 + EVERY)
    silent = set(range(50)) - set(range(15, 35))
    assert seen(silent, 50, held_up=held_up).longest.seconds == pytest.approx(21 * EVERY)


def test_slightly_late_request_is_not_held_up() -> None:
    late = dict.fromkeys(range(100), 0.15)
    found = seen({0}, 100, held_up=late)
    assert found.silent == pytest.approx(99 * (EVERY + 0.15))
    assert found.held_up == 0


def test_missed_request_is_not_downtime() -> None:
    tracker = seen({0}, 11)
    for _number in range(5):
        tracker.count_missed()
    assert tracker.silent == pytest.approx(5 * EVERY)
    assert tracker.held_up == pytest.approx(5 * EVERY)
    assert tracker.possible == pytest.approx(10 * EVERY)


def test_requests_before_begin_do_not_count() -> None:
    tracker = seen(set(range(10)) | {30}, 31)
    tracker.begin()
    assert (tracker.longest, tracker.silent, tracker.asked) == (Downtime(), 0.0, 0)
    tracker.advance(100.0 + 35 * EVERY)
    tracker.ask()
    # The downtime counts from begin() on. The time of the last answer before begin() has no effect.
    assert tracker.silent == pytest.approx(5 * EVERY)
    tracker.answer()
    assert tracker.longest.seconds == pytest.approx(5 * EVERY)
    assert (tracker.asked, tracker.answered) == (1, 1)


def test_answer_to_a_request_before_begin_does_not_count() -> None:
    tracker = seen(set(range(10)), 11)
    tracker.begin()
    tracker.answer()
    assert (tracker.asked, tracker.answered) == (0, 0)
    tracker.ask()
    tracker.answer()
    assert (tracker.asked, tracker.answered) == (1, 1)


def test_knows_the_time_of_the_last_answer() -> None:
    tracker = seen({0, 10}, 20)
    assert tracker.answered_since(100.0 + 9 * EVERY)
    assert not tracker.answered_since(100.0 + 10 * EVERY)
    tracker.begin()
    # begin() does not count as an answer.
    assert not tracker.answered_since(100.0 + 10 * EVERY)


def test_requests_are_due_an_interval_apart() -> None:
    schedule = RequestSchedule(0.5)
    moments = [100.0, 100.2, 100.5, 100.9, 101.0]
    assert [now for now in moments if schedule.is_due(now)] == [100.0, 100.5, 101.0]
    assert schedule.seconds_left(101.2) == pytest.approx(0.3)


def test_missed_requests_are_not_repeated() -> None:
    schedule = RequestSchedule(0.5)
    assert schedule.seconds_left(100.0) == 0
    assert schedule.is_due(100.0)
    # After a delay, the late request is due. The next request is due at once. All other late requests are skipped.
    assert [schedule.is_due(now) for now in (105.0, 105.0, 105.1, 105.5)] == [True, True, False, True]


def test_late_request_does_not_shift_the_others() -> None:
    schedule = RequestSchedule(0.5)
    assert [schedule.is_due(now) for now in (100.0, 100.7, 100.9, 101.0)] == [True, True, False, True]
