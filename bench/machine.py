# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Return the CPU, memory and software versions of the machine that runs the bench."""

from __future__ import annotations

import os
import platform
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.bench.bench_cloud import OURS, PEERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.stackproof.migration.bench.bench_cloud import BenchCloud

_TOLD = {
    "ours": ("ansible-core", "openstacksdk"),
    "peers": ("python-openstackclient", "rally", "rally-openstack"),
    "cloud": ("nova", "keystone", "openstack-placement"),
}


def describe(cloud: BenchCloud) -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": processor(Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()),
        "memory_gib": round(memory / 2**30),
        "system": f"{platform.freedesktop_os_release()['PRETTY_NAME']}, Linux {platform.release().split('-')[0]}",
        "versions": {
            "Python": platform.python_version(),
            **versions(OURS, _TOLD["ours"]),
            **versions(PEERS, _TOLD["peers"]),
            **versions(cloud.folder / "venv" / "bin", _TOLD["cloud"]),
        },
    }


def processor(cpuinfo: Iterable[str]) -> str:
    models = [line.partition(":")[2].strip() for line in cpuinfo if line.startswith("model name")]
    return models[0] if models else platform.machine()


def versions(programs: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the versions of the installed packages in a virtual environment."""
    paths = [str(path) for path in programs.parent.glob("lib/python3*/site-packages")]
    there = {one.name.lower(): one.version for one in distributions(path=paths)}
    return {name: there[name] for name in names if name in there}
