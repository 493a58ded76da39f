# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools

from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import (
    Deadline,
    PollIntervals,
    Stopwatch,
    Waiter,
)
from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import ScriptedTime


def test_intervals_grow_to_the_cap() -> None:
    intervals = list(itertools.islice(PollIntervals(first=1.0, cap=2.0, growth=1.5).intervals(), 4))
    assert intervals == [1.0, 1.5, 2.0, 2.0]


def test_last_interval_ends_at_the_deadline_and_is_followed_by_a_poll() -> None:
    time = ScriptedTime()
    polls = list(Waiter(time.clock, Deadline(time.clock, 5), PollIntervals(first=2.0, cap=2.0)))
    assert polls == [0, 1, 2, 3]
    assert time.sleeps == [2.0, 2.0, 1.0]


def test_polls_once_without_time() -> None:
    time = ScriptedTime()
    assert list(Waiter(time.clock, Deadline(time.clock, 0))) == [0]
    assert time.sleeps == []


def test_stopwatch_rounds_to_hundredths() -> None:
    time = ScriptedTime()
    watch = Stopwatch(time.clock)
    time.now = 1.23456
    assert watch.seconds == 1.23
