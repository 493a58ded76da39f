# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.stackproof.migration.plugins.plugin_utils._report import histogram, timestamps


@pytest.mark.parametrize(
    ("span", "most", "step"),
    [(0, 6, 1), (0.9, 6, 0.2), (5.5, 6, 1), (8.5, 6, 2), (60, 6, 10), (61, 6, 20), (900, 6, 200)],
)
def test_round_steps(span: float, most: int, step: float) -> None:
    assert histogram.round_step(span, most) == pytest.approx(step)


def test_no_histogram_of_few_durations() -> None:
    assert histogram.histogram([1, 2, 3, 4]) is None


def test_counts_each_duration_once() -> None:
    values = [7.9, 8, 8.1, 9.5, 10.5, 31.5, 12, 12]
    found = histogram.histogram(values)
    assert found is not None
    assert sum(one.count for one in found.bins) == len(values)
    assert max(one.height for one in found.bins) == 100
    assert len(found.bins) <= histogram.MAX_BINS
    assert (found.shortest, found.median, found.percentile_95, found.longest) == (7.9, 10.0, 31.5, 31.5)
    for one in found.bins:
        assert one.count == sum(one.low <= value < one.high for value in values)


def test_equal_durations_make_one_bin() -> None:
    found = histogram.histogram([3.0] * 5)
    assert found is not None
    assert [one.count for one in found.bins] == [5]


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("2026-11-21T09:37:50.000000", "09:37:50"),
        ("2026-11-21T09:37:50Z", "09:37:50"),
        ("2026-11-21T11:37:50.412+02:00", "09:37:50.412"),
        ("yesterday", "not known"),
        (None, "not known"),
    ],
)
def test_formats_time_in_utc(told: str | None, shown: str) -> None:
    assert timestamps.format_time(told) == shown


def test_formats_date_and_time() -> None:
    assert timestamps.format_date_time("2026-11-21T09:37:42.100+00:00") == "2026-11-21 09:37:42 UTC"
    assert timestamps.format_date_time(None) == "not known"


def test_lag_is_never_negative() -> None:
    record = {"updated": "2026-11-21T09:37:57.000000"}
    assert timestamps.lag({"record": record, "concluded": "2026-11-21T09:37:57.250+00:00"}) == 0.25
    assert timestamps.lag({"record": record, "concluded": "2026-11-21T09:37:56+00:00"}) is None
    assert timestamps.lag({"record": None, "concluded": None}) is None
