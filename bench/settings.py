# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the benchmark settings, and estimate how long the benchmark runs."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# The part "volumes" is the last one, because it adds Cinder to the cloud.
PARTS = ("cycle", "lag", "drain", "growth", "coverage", "scale", "volumes")
# A benchmark with fewer runs or servers does not change the documentation.
RUNS = 5
SERVERS = 100
# The number of servers with volumes and ports.
VOLUME_SERVERS = 40
# The duration of each simulated live migration, in seconds.
CYCLE_COPY = 3.0
DRAIN_COPY = 2.0
# This is the value of Nova's option max_concurrent_live_migrations.
PER_HOST = 4
# The lag benchmark migrates servers with these copy times, in seconds.
LAG_COPIES = (1.0, 3.0, 10.0, 30.0)
GROWTH = (10, 50, 200)
# The number of compute hosts of the cloud whose hosts are all tested.
COVERAGE_HOSTS = 10
# The benchmark adds this many compute hosts and servers to the database of the cloud.
SCALE_HOSTS, SCALE_SERVERS = 1000, 20_000

# Typical durations in seconds, for the estimate of the total duration of the benchmark.
_CLOUD = 90.0
_CYCLE_ROUND = 80.0
_LAG_CALL = 6.0
_BOOT = 0.5
_VOLUME_BOOT = 2.0
_MIGRATION = 0.75
_COMMAND = 1.7
_CALL = 6.0
_PLAY = 12.0
_SCALE_ROUND = 120.0
_COVERAGE_ROUND = 200.0


class SettingsError(Exception):
    """The value of a BENCH_* variable is not valid."""


@dataclasses.dataclass(frozen=True)
class Settings:
    runs: int = RUNS
    servers: int = SERVERS
    # An Ansible loop migrates servers slowly, so the bench gives it only a few servers.
    loop_servers: int = 10
    volume_servers: int = VOLUME_SERVERS
    growth_runs: int = RUNS
    growth: tuple[int, ...] = GROWTH
    parts: tuple[str, ...] = PARTS
    coverage_hosts: int = COVERAGE_HOSTS
    keep: bool = False
    scale_hosts: int = SCALE_HOSTS
    scale_servers: int = SCALE_SERVERS

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """Return the settings from the BENCH_* variables. An empty variable counts as unset."""
        usual = cls()
        given = {name.removeprefix("BENCH_"): value for name, value in environment.items() if value}
        parts = tuple(given.get("PARTS", ",".join(PARTS)).replace(" ", ",").split(","))
        for part in parts:
            if part not in PARTS:
                raise SettingsError(f"BENCH_PARTS: unknown part {part!r}. Choose from {','.join(PARTS)}.")
        runs = _count(given, "RUNS", usual.runs)
        servers = _count(given, "SERVERS", usual.servers)
        return cls(
            runs=runs,
            servers=servers,
            loop_servers=min(servers, _count(given, "LOOP_SERVERS", usual.loop_servers)),
            volume_servers=min(servers, _count(given, "VOLUME_SERVERS", usual.volume_servers)),
            growth_runs=_count(given, "GROWTH_RUNS", runs),
            growth=_sizes(given["GROWTH"]) if "GROWTH" in given else usual.growth,
            parts=parts,
            coverage_hosts=_count(given, "COVERAGE_HOSTS", usual.coverage_hosts),
            keep="KEEP" in given,
            scale_hosts=_count(given, "SCALE_HOSTS", usual.scale_hosts),
            scale_servers=_count(given, "SCALE_SERVERS", usual.scale_servers),
        )

    @property
    def whole(self) -> bool:
        """Whether the results of this benchmark may replace the results in the documentation."""
        return (
            set(self.parts) == set(PARTS)
            and min(self.runs, self.growth_runs) >= RUNS
            and self.servers >= SERVERS
            and set(self.growth) >= set(GROWTH)
            and self.whole_coverage
            and self.whole_scale
        )

    @property
    def whole_coverage(self) -> bool:
        """Whether the results for all hosts of a cloud may replace the results in the documentation."""
        return "coverage" in self.parts and self.coverage_hosts == COVERAGE_HOSTS

    @property
    def whole_scale(self) -> bool:
        """Whether the results for large clouds may replace the results in the documentation."""
        large = self.scale_hosts >= SCALE_HOSTS and self.scale_servers >= SCALE_SERVERS
        return "scale" in self.parts and large

    @property
    def whole_volumes(self) -> bool:
        """Whether the results for servers with volumes and ports may replace the results in the documentation."""
        return "volumes" in self.parts and self.volume_servers >= VOLUME_SERVERS

    @property
    def estimate(self) -> float:
        """The estimated duration of the run in seconds."""
        drained = _PLAY + self.servers * _MIGRATION
        commands = self.servers * _COMMAND + _PLAY
        looped = self.loop_servers * (_CALL + _MIGRATION)
        seconds = {
            "cycle": self.runs * _CYCLE_ROUND,
            "lag": 2 * self.runs * sum(_LAG_CALL + copy for copy in LAG_COPIES),
            "drain": self.servers * _BOOT + self.runs * (2 * drained + commands + looped),
            "growth": sum(size * _BOOT + self.growth_runs * (_PLAY + size * _MIGRATION) for size in self.growth),
            "coverage": 2 * _CLOUD + self.runs * _COVERAGE_ROUND,
            "volumes": _CLOUD
            + self.volume_servers * _VOLUME_BOOT
            + (1 + self.runs) * (_PLAY + self.volume_servers * _MIGRATION),
            "scale": self.runs * _SCALE_ROUND,
        }
        return _CLOUD + sum(seconds[part] for part in self.parts)


def _count(given: Mapping[str, str], name: str, usual: int) -> int:
    text = given.get(name, str(usual))
    if not text.isdigit() or int(text) < 1:
        raise SettingsError(f"BENCH_{name} must be a whole number of at least 1, found {text!r}.")
    return int(text)


def _sizes(text: str) -> tuple[int, ...]:
    words = text.split(",")
    if not all(word.isdigit() and int(word) > 0 for word in words):
        raise SettingsError(f"BENCH_GROWTH must be a list of whole numbers, separated by commas, found {text!r}.")
    return tuple(int(word) for word in words)
