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
    """A look each 20 ms, of which some find an answer, and some come late."""
    tracker, now = DowntimeTracker(EVERY), 100.0
    for number in range(looks):
        tracker.advance(now)
        tracker.ask()
        if number in answers:
            tracker.answer()
        now += EVERY + (held_up or {}).get(number, 0.0)
    return tracker


def test_who_always_answers_has_gaps_of_one_interval() -> None:
    tracker = seen(set(range(50)), 50)
    assert tracker.longest.seconds == pytest.approx(EVERY)
    assert tracker.silent == 0
    assert (tracker.asked, tracker.answered) == (50, 50)


def test_longest_of_several_is_told_with_its_begin() -> None:
    tracker = seen(set(range(100)) - set(range(10, 20)) - set(range(40, 70)), 100)
    assert tracker.longest.seconds == pytest.approx(31 * EVERY)
    assert tracker.longest.started == pytest.approx(100.0 + 39 * EVERY)


def test_gap_that_goes_on_counts() -> None:
    tracker = seen(set(range(10)), 60)
    assert tracker.silent == pytest.approx(50 * EVERY)
    assert tracker.longest.started == pytest.approx(100.0 + 9 * EVERY)
    assert tracker.longest.seconds == pytest.approx(50 * EVERY)


def test_nothing_counts_before_the_first_answer() -> None:
    assert seen(set(), 50).longest == Downtime()
    assert seen(set(), 50).silent == 0
    assert seen({40}, 50).longest.seconds == pytest.approx(9 * EVERY)


def test_time_in_which_nobody_could_ask_is_left_out_and_told() -> None:
    held_up = {20: 3.0}
    found = seen(set(range(50)), 50, held_up=held_up)
    assert found.longest.seconds == pytest.approx(EVERY)
    assert found.held_up == pytest.approx(3.0)
    assert found.possible == pytest.approx(3.0 + EVERY)
    silent = set(range(50)) - set(range(15, 35))
    assert seen(silent, 50, held_up=held_up).longest.seconds == pytest.approx(21 * EVERY)


def test_who_comes_a_bit_late_was_not_held_up() -> None:
    late = dict.fromkeys(range(100), 0.15)
    found = seen({0}, 100, held_up=late)
    assert found.silent == pytest.approx(99 * (EVERY + 0.15))
    assert found.held_up == 0


def test_what_could_not_be_asked_is_nobodys_silence() -> None:
    tracker = seen({0}, 11)
    for _number in range(5):
        tracker.count_missed()
    assert tracker.silent == pytest.approx(5 * EVERY)
    assert tracker.held_up == pytest.approx(5 * EVERY)
    assert tracker.possible == pytest.approx(10 * EVERY)


def test_what_was_before_the_beginning_does_not_count() -> None:
    tracker = seen(set(range(10)) | {30}, 31)
    tracker.begin()
    assert (tracker.longest, tracker.silent, tracker.asked) == (Downtime(), 0.0, 0)
    tracker.advance(100.0 + 35 * EVERY)
    tracker.ask()
    # from the beginning on it counts, whenever it answered last
    assert tracker.silent == pytest.approx(5 * EVERY)
    tracker.answer()
    assert tracker.longest.seconds == pytest.approx(5 * EVERY)
    assert (tracker.asked, tracker.answered) == (1, 1)


def test_an_answer_has_its_moment() -> None:
    tracker = seen({0, 10}, 20)
    assert tracker.answered_since(100.0 + 9 * EVERY)
    assert not tracker.answered_since(100.0 + 10 * EVERY)
    tracker.begin()
    # to begin is no answer
    assert not tracker.answered_since(100.0 + 10 * EVERY)


def test_requests_are_due_an_interval_apart() -> None:
    schedule = RequestSchedule(0.5)
    moments = [100.0, 100.2, 100.5, 100.9, 101.0]
    assert [now for now in moments if schedule.is_due(now)] == [100.0, 100.5, 101.0]
    assert schedule.seconds_left(101.2) == pytest.approx(0.3)


def test_missed_requests_are_not_made_up_for() -> None:
    schedule = RequestSchedule(0.5)
    assert schedule.seconds_left(100.0) == 0
    assert schedule.is_due(100.0)
    # held up: the request that is late is sent, and the next one at once
    assert [schedule.is_due(now) for now in (105.0, 105.0, 105.1, 105.5)] == [True, True, False, True]


def test_late_request_does_not_shift_the_others() -> None:
    schedule = RequestSchedule(0.5)
    assert [schedule.is_due(now) for now in (100.0, 100.7, 100.9, 101.0)] == [True, True, False, True]
