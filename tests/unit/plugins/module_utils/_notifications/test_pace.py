# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.pace import (
    PROOF_SECONDS,
    QUICK_SECONDS,
    BusView,
    seconds_until_poll,
)

USUAL = 0.5
# The connection exists, and notifications about the migrations have arrived.
PROVED = BusView(connected=True, heard=True, seconds_unheard=60, seconds_since_poll=0, interval=10)
# A migration was requested a moment ago.
FRESH = replace(PROVED, heard=False, seconds_unheard=0)


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (PROVED, 10),
        (replace(PROVED, seconds_since_poll=4), 6),
        (replace(PROVED, interval=0.1), USUAL),
        (FRESH, PROOF_SECONDS),
        (replace(FRESH, interval=2), 2),
        (replace(FRESH, seconds_unheard=3, seconds_since_poll=3), 2),
        # The request came after the last poll.
        (replace(FRESH, seconds_unheard=1, seconds_since_poll=3), 4),
    ],
)
def test_polls_are_rare_while_notifications_arrive(view: BusView, expected: float) -> None:
    assert seconds_until_poll(view, USUAL) == pytest.approx(expected)


@pytest.mark.parametrize(
    "more",
    [
        {"connected": False},
        {"lossy": True},
        {"needs_polls": True},
        # No notification arrived in time.
        {"heard": False, "seconds_unheard": PROOF_SECONDS},
        # The end was announced some time ago, but the record has no final status.
        {"seconds_since_final": QUICK_SECONDS, "polls_since_final": 9},
    ],
)
def test_polls_are_as_usual_if_notifications_do_not_help(more: dict[str, Any]) -> None:
    view = replace(PROVED, **more)
    assert seconds_until_poll(view, USUAL) == pytest.approx(USUAL)
    assert seconds_until_poll(replace(view, seconds_since_poll=0.2), USUAL) == pytest.approx(0.3)
    assert seconds_until_poll(replace(view, seconds_since_poll=9), USUAL) < 0


def test_a_lost_connection_makes_the_next_poll_due() -> None:
    waiting = replace(PROVED, seconds_since_poll=5)
    assert seconds_until_poll(waiting, USUAL) == 5
    assert seconds_until_poll(replace(waiting, connected=False), USUAL) < 0


def test_the_end_of_a_migration_makes_polls_frequent_for_a_moment() -> None:
    announced = replace(PROVED, seconds_since_poll=5, seconds_since_final=0)
    first = seconds_until_poll(announced, USUAL)
    # Nova writes the final status just after the notification, so the poll is not immediate.
    assert 0 < first < 0.1
    intervals = [seconds_until_poll(replace(announced, polls_since_final=n), USUAL) for n in range(20)]
    assert intervals == sorted(intervals)
    assert intervals[-1] <= USUAL
    # A user who polls even more often keeps this interval.
    assert seconds_until_poll(replace(announced, polls_since_final=9), 0.05) == pytest.approx(0.05)
    # Placement is updated after the record, and no notification announces this.
    assert seconds_until_poll(replace(announced, needs_polls=True), USUAL) == first


def test_no_state_ever_waits_longer_than_the_stated_time() -> None:
    for connected in (True, False):
        for heard in (True, False):
            for unheard in (0, 2, PROOF_SECONDS, 100):
                view = BusView(
                    connected=connected, heard=heard, seconds_unheard=unheard, seconds_since_poll=0, interval=10
                )
                assert 0 < seconds_until_poll(view, USUAL) <= (10 if heard else PROOF_SECONDS)
