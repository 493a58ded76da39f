# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Draw the results of the bench as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from ansible_collections.stackproof.migration.bench.figures import Spread
from ansible_collections.stackproof.migration.bench.tool_names import (
    CLIENT,
    FLOOR,
    LOOP,
    NOTIFICATIONS,
    POLLS,
    RALLY,
    ROLE,
)
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    Row = Mapping[str, Any]

_OURS, _OTHERS = "#0b6e4f", "#8a929b"


def draw(results: Mapping[str, Any], path: Path) -> None:
    fields = [
        (part, show)
        for part, show in (("cycle", _cycle), ("drain", _drain), ("lag", _lag), ("growth", _growth))
        if results.get(part)
    ]
    # The same results always create the same SVG file, and its labels stay text.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "bench", "font.size": 9}):
        figure = Figure(figsize=(5.2 * min(2, len(fields)), 2.9 * ((len(fields) + 1) // 2)), layout="constrained")
        axes = figure.subplots((len(fields) + 1) // 2, min(2, len(fields)), squeeze=False).flat
        for (part, show), axis in zip(fields, axes, strict=False):
            show(axis, results[part])
            axis.spines[["top", "right"]].set_visible(False)
        for axis in list(axes)[len(fields) :]:
            axis.set_visible(False)
        figure.savefig(path, format="svg", metadata={"Date": None})


def _bars(axis: Any, names: Sequence[str], spreads: Sequence[Spread], title: str) -> None:
    colours = [_OURS if name.startswith(ROLE) else _OTHERS for name in names]
    middles = [one.median for one in spreads]
    whiskers = [[one.median - one.least for one in spreads], [one.most - one.median for one in spreads]]
    axis.barh(names, middles, color=colours, xerr=whiskers, capsize=3)
    axis.invert_yaxis()
    axis.set(title=title, xlabel="seconds: median, minimum and maximum", xlim=(0, None))


def _cycle(axis: Any, cycle: Mapping[str, Sequence[Row]]) -> None:
    names = (ROLE, RALLY, CLIENT)
    _bars(axis, names, [Spread.of(row["wall"] for row in cycle[name]) for name in names], "One full cycle")


def _drain(axis: Any, drain: Mapping[str, Sequence[Row]]) -> None:
    most = drain[ROLE][0]["servers"]
    spreads, names = [], []
    for name in (FLOOR, ROLE, CLIENT, LOOP):
        servers = drain[name][0]["servers"]
        names.append(name if servers == most else f"{name}\n({servers} times {most / servers:g})")
        spreads.append(Spread.of(row["wall"] * most / servers for row in drain[name]))
    _bars(axis, names, spreads, f"Drain of {most} servers")


def _lag(axis: Any, lag: Sequence[Row]) -> None:
    for way, marker, style in ((POLLS, "o", "-"), (NOTIFICATIONS, "x", "--")):
        rows = [row for row in lag if row.get("way", POLLS) == way]
        if rows:
            axis.scatter(
                [row["copy"] for row in rows], [row["lag"] for row in rows], color=_OURS, marker=marker, label=way
            )
            axis.axhline(Spread.of(row["lag"] for row in rows).median, color=_OURS, linewidth=1, linestyle=style)
    axis.legend()
    axis.set(title="Detection lag", xlabel="length of the copy, seconds", ylabel="seconds", ylim=(0, None))


def _growth(axis: Any, growth: Sequence[Row]) -> None:
    sizes = sorted({row["servers"] for row in growth})
    of_size = [[row for row in growth if row["servers"] == size] for size in sizes]
    requests = [Spread.of(row["requests"] / row["servers"] for row in rows).median for rows in of_size]
    memory = [Spread.of(row["memory"] for row in rows).median for rows in of_size]
    axis.plot(sizes, requests, color=_OURS, marker="o", label="requests per server")
    axis.set(title="Growth", xlabel="servers", ylabel="requests per server", ylim=(0, None))
    other = axis.twinx()
    other.plot(sizes, memory, color=_OTHERS, marker="s", linestyle="--", label="memory")
    other.set(ylabel="client's memory, MB (dashed)", ylim=(0, None))
    other.spines["top"].set_visible(False)
