# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is measured, how often, and how long that takes."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PARTS = ("cycle", "lag", "drain", "growth", "scale")
# The page promises these; a run with less is a trial.
RUNS = 5
SERVERS = 100
# One live migration's copy takes so long, in seconds, where a part does not vary it.
CYCLE_COPY = 3.0
DRAIN_COPY = 2.0
# Those that Nova lets leave one host at once. With the copy above the copies govern, and not two cores.
PER_HOST = 4
# The pace of polling depends on how long one has waited already: short, usual and long copies.
LAG_COPIES = (1.0, 3.0, 10.0, 30.0)
GROWTH = (10, 50, 200)
# Copies of a host and of a server in the part scale
SCALE_HOSTS, SCALE_SERVERS = 1000, 20_000

# What a quiet machine with two cores takes, in seconds; for the estimate alone.
_CLOUD = 90.0
_CYCLE_ROUND = 80.0
_LAG_CALL = 6.0
_BOOT = 0.5
_MIGRATION = 0.75
_COMMAND = 1.7
_CALL = 6.0
_PLAY = 12.0
_SCALE_ROUND = 120.0


class SettingsError(Exception):
    """A setting that makes no sense."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """As the variables of `make bench` say."""

    runs: int = RUNS
    servers: int = SERVERS
    # The loop of single-server calls is strictly one after the other, so a few tell what many take.
    loop_servers: int = 10
    growth_runs: int = RUNS
    growth: tuple[int, ...] = GROWTH
    parts: tuple[str, ...] = PARTS
    keep: bool = False
    scale_hosts: int = SCALE_HOSTS
    scale_servers: int = SCALE_SERVERS

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """From BENCH_* variables; an empty one counts as not given."""
        usual = cls()
        given = {name.removeprefix("BENCH_"): value for name, value in environment.items() if value}
        parts = tuple(given.get("PARTS", ",".join(PARTS)).replace(" ", ",").split(","))
        for part in parts:
            if part not in PARTS:
                raise SettingsError(f"BENCH_PARTS: there is no part {part!r}. Choose from {','.join(PARTS)}.")
        runs = _count(given, "RUNS", usual.runs)
        servers = _count(given, "SERVERS", usual.servers)
        return cls(
            runs=runs,
            servers=servers,
            loop_servers=min(servers, _count(given, "LOOP_SERVERS", usual.loop_servers)),
            growth_runs=_count(given, "GROWTH_RUNS", runs),
            growth=_sizes(given["GROWTH"]) if "GROWTH" in given else usual.growth,
            parts=parts,
            keep="KEEP" in given,
            scale_hosts=_count(given, "SCALE_HOSTS", usual.scale_hosts),
            scale_servers=_count(given, "SCALE_SERVERS", usual.scale_servers),
        )

    @property
    def whole(self) -> bool:
        """Whether a run is what the page promises."""
        return (
            set(self.parts) == set(PARTS)
            and min(self.runs, self.growth_runs) >= RUNS
            and self.servers >= SERVERS
            and set(self.growth) >= set(GROWTH)
            and self.whole_scale
        )

    @property
    def whole_scale(self) -> bool:
        """Whether the part scale is as large as the page states."""
        large = self.scale_hosts >= SCALE_HOSTS and self.scale_servers >= SCALE_SERVERS
        return "scale" in self.parts and large

    @property
    def estimate(self) -> float:
        """Seconds on a quiet machine."""
        drained = _PLAY + self.servers * _MIGRATION
        commands = self.servers * _COMMAND + _PLAY
        looped = self.loop_servers * (_CALL + _MIGRATION)
        seconds = {
            "cycle": self.runs * _CYCLE_ROUND,
            "lag": self.runs * sum(_LAG_CALL + copy for copy in LAG_COPIES),
            "drain": self.servers * _BOOT + self.runs * (2 * drained + commands + looped),
            "growth": sum(size * _BOOT + self.growth_runs * (_PLAY + size * _MIGRATION) for size in self.growth),
            "scale": self.runs * _SCALE_ROUND,
        }
        return _CLOUD + sum(seconds[part] for part in self.parts)


def _count(given: Mapping[str, str], name: str, usual: int) -> int:
    text = given.get(name, str(usual))
    if not text.isdigit() or int(text) < 1:
        raise SettingsError(f"BENCH_{name} must be a whole number from 1 on, found {text!r}.")
    return int(text)


def _sizes(text: str) -> tuple[int, ...]:
    words = text.split(",")
    if not all(word.isdigit() and int(word) > 0 for word in words):
        raise SettingsError(f"BENCH_GROWTH must be whole numbers with commas between, found {text!r}.")
    return tuple(int(word) for word in words)
