# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.stackproof.migration.bench.settings import PARTS, Settings, SettingsError


def test_default_settings() -> None:
    settings = Settings.of({"BENCH_RUNS": "", "HOME": "/nowhere"})
    assert settings == Settings()
    assert settings.whole
    # docs/benchmarks.md names these defaults and this duration
    assert (settings.runs, settings.servers, settings.parts) == (5, 100, PARTS)
    assert settings.estimate < 2 * 60 * 60


@pytest.mark.parametrize(
    ("name", "value"),
    [("BENCH_RUNS", "4"), ("BENCH_SERVERS", "99"), ("BENCH_PARTS", "cycle,lag"), ("BENCH_GROWTH", "10,50")],
)
def test_smaller_settings_take_less_time(name: str, value: str) -> None:
    settings = Settings.of({name: value})
    assert not settings.whole
    assert settings.estimate < Settings().estimate


def test_loop_has_at_most_the_servers_of_the_drain() -> None:
    assert Settings.of({"BENCH_SERVERS": "6"}).loop_servers == 6


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("BENCH_RUNS", "0", "BENCH_RUNS must be a whole number of at least 1, found '0'"),
        ("BENCH_SERVERS", "many", "found 'many'"),
        ("BENCH_PARTS", "cycle,drian", "unknown part 'drian'. Choose from cycle,lag,drain,growth"),
        ("BENCH_GROWTH", "10,x", "BENCH_GROWTH must be a list of whole numbers"),
    ],
)
def test_refuses_invalid_settings(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        Settings.of({name: value})
