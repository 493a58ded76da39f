# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure this collection and comparable tools, and check the targets of the bench.

usage: python -m ansible_collections.stackproof.migration.bench [--render RESULTS.json [--page PAGE.md]]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.bench import (
    coverage,
    cycle,
    drain,
    growth,
    lag,
    machine,
    page,
    plot,
    scale,
    targets,
    volumes,
)
from ansible_collections.stackproof.migration.bench.access_log import AccessLogs
from ansible_collections.stackproof.migration.bench.bench import BenchRun
from ansible_collections.stackproof.migration.bench.bench_cloud import (
    PORT_BASE,
    ROOT,
    STATE,
    BenchCloud,
    BenchCloudError,
)
from ansible_collections.stackproof.migration.bench.drain import DrainError
from ansible_collections.stackproof.migration.bench.meter import CommandError
from ansible_collections.stackproof.migration.bench.nova_client import NovaClient
from ansible_collections.stackproof.migration.bench.server_pool import ServerPool, ServerPoolError
from ansible_collections.stackproof.migration.bench.settings import PARTS, Settings, SettingsError
from ansible_collections.stackproof.migration.bench.status_log import StatusLog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RESULTS = ROOT / ".results" / "bench"
PAGE = ROOT / "docs" / "benchmarks.md"
PICTURE = Path("images") / "bench.svg"
RUN: Mapping[str, Callable[[BenchRun], Any]] = {
    "cycle": cycle.run,
    "lag": lag.run,
    "drain": drain.run,
    "growth": growth.run,
    "coverage": coverage.run,
    "volumes": volumes.run,
    "scale": scale.run,
}
# The parts whose figures are in their own section of the page, with the name of the section.
OWN_SECTION: Mapping[str, tuple[Callable[[Mapping[str, Any]], str], str]] = {
    "coverage": (page.render_coverage, page.COVERAGE_RUN),
    "scale": (page.render_scale, page.SCALE_RUN),
    "volumes": (page.render_volumes, page.VOLUMES_RUN),
}


def main(arguments: list[str]) -> int:
    """Return the exit code 0 if all targets are met, 1 if a target is missed, and 2 after an error."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure this collection and comparable tools.")
    parser.add_argument("--render", type=Path, help="write the page from existing results, without a new measurement")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page whose figures are replaced")
    chosen = parser.parse_args(arguments)
    # Convert SIGTERM to KeyboardInterrupt, so that the benchmark removes its local cloud before it ends.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if chosen.render:
            results = json.loads(chosen.render.read_text(encoding="utf-8"))
            publish(results, chosen.page)
            publish_part(results, chosen.page, "scale")
            publish_part(results, chosen.page, "coverage")
            publish_part(results, chosen.page, "volumes")
        else:
            settings = Settings.of(os.environ)
            results = measure_all(settings)
            if settings.whole:
                publish(results, chosen.page)
            if settings.whole_scale:
                publish_part(results, chosen.page, "scale")
            if settings.whole_coverage:
                publish_part(results, chosen.page, "coverage")
            if settings.whole_volumes:
                publish_part(results, chosen.page, "volumes")
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except (CommandError, DrainError, ServerPoolError, BenchCloudError, SettingsError, OSError) as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return 2
    print(f"\n{page.render(results)}")
    for part, (render, _section) in OWN_SECTION.items():
        if part in results:
            print(render(results))
    return 0 if all(one.met for one in targets.of(results)) else 1


def publish_part(results: Mapping[str, Any], path: Path, part: str) -> None:
    """Write the results of a part that has its own section of the page."""
    if part in results:
        render, section = OWN_SECTION[part]
        figures = render(results)
        path.write_text(page.put_into(path.read_text(encoding="utf-8"), figures, section), encoding="utf-8")


def publish(results: Mapping[str, Any], path: Path) -> None:
    if "cycle" not in results:
        return
    figures = f"{page.render(results)}\n![The figures of the last run]({PICTURE})\n"
    path.write_text(page.put_into(path.read_text(encoding="utf-8"), figures), encoding="utf-8")
    (path.parent / PICTURE).parent.mkdir(exist_ok=True)
    plot.draw(results, path.parent / PICTURE)


def measure_all(settings: Settings) -> dict[str, Any]:
    """Run every part of the benchmark on a local cloud. Save the results after each part."""
    cloud = BenchCloud(STATE, int(os.environ.get("BENCH_PORT_BASE") or PORT_BASE))
    print(
        f"The bench takes about {settings.estimate / 60:.0f} minutes on a machine with two cores and no other load.",
        flush=True,
    )
    RESULTS.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    path = RESULTS / f"{now:%Y%m%dT%H%M%SZ}.json"
    try:
        cloud.start()
        results: dict[str, Any] = {
            "date": f"{now:%Y-%m-%d}",
            "command": command(os.environ),
            "machine": machine.describe(cloud),
        }
        with (
            contextlib.closing(StatusLog(cloud.databases_conf)) as status_log,
            tempfile.TemporaryDirectory(prefix="bench-") as scratch,
        ):
            bench = BenchRun(
                settings,
                cloud,
                NovaClient(cloud.clouds_entry["auth"]),
                status_log,
                AccessLogs(cloud.log),
                Path(scratch),
            )
            for part in PARTS:
                if part in settings.parts:
                    bench.nova.authenticate()
                    ServerPool(bench.nova).clear()
                    results[part] = RUN[part](bench)
                    path.write_text(json.dumps(results, indent=1), encoding="utf-8")
            if settings.keep:
                ServerPool(bench.nova).clear()
    finally:
        if not settings.keep:
            cloud.remove()
    print(f"results: {path.relative_to(ROOT)}", flush=True)
    return results


def command(environment: Mapping[str, str]) -> str:
    """Return the command that repeats this benchmark run."""
    without = ("BENCH_KEEP", "BENCH_PORT_BASE")
    names = sorted(name for name in environment if name.startswith("BENCH_") and name not in without)
    return " ".join(["make bench", *(f"{name}={environment[name]}" for name in names if environment[name])])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
