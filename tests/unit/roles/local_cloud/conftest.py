# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures for the tests of cloudctl: a folder with a short path, settings, and a cloud of toy programs."""

from __future__ import annotations

import json
import os
import shlex
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.stackproof.migration.tests.unit.roles.local_cloud.toy import Toy
from cloudctl.layout import Layout
from cloudctl.ports import is_free
from cloudctl.processes import stop_all_processes
from cloudctl.runner import Runner
from cloudctl.settings import PORTS, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLE = Path(__file__).parents[4] / "roles" / "local_cloud"
RELEASES = ("2026.1", "2026.2")
LOCK = "uv==1.0 \\\n    --hash=sha256:aa\n"


@pytest.fixture
def layout() -> Iterator[Layout]:
    """Yield the folder of a cloud.

    The path of the folder is short, because the kernel limits the length of socket paths.
    """
    with tempfile.TemporaryDirectory(prefix="cloud-") as folder:
        made = Layout(Path(folder).resolve())
        made.make()
        yield made
        stop_all_processes(made, timeout=2)


@pytest.fixture
def runner(layout: Layout) -> Runner:
    return Runner(layout, threading.Event())


def free_ports() -> int:
    """Return the first port of a range of free ports. The range is large enough for a cloud."""
    first = 20000 + os.getpid() % 1000 * len(PORTS)
    return next(base for base in range(first, 32000, len(PORTS)) if all(is_free(base + n) for n in range(len(PORTS))))


@pytest.fixture
def order(layout: Layout, tmp_path: Path) -> dict[str, Any]:
    """Return the order that the role sends to cloudctl."""
    for release in RELEASES:
        lock_files = tmp_path / "releases" / release
        lock_files.mkdir(parents=True)
        (lock_files / "requirements.txt").write_text(LOCK)
        (lock_files / "volumes.txt").write_text("cinder==1.0 \\\n    --hash=sha256:aa\n")
    particular = {
        name: yaml.safe_load((ROLE / "vars" / path).read_text())[f"__local_cloud_{name}"]
        for name, path in (("release", "releases/2026.2.yml"), ("hypervisor", "hypervisors/fake.yml"))
    }
    return {
        "dir": str(layout.top),
        "python": sys.executable,
        "missing_packages": [],
        **particular,
        "releases": {"2026.2": particular["release"]},
        "releases_dir": str(tmp_path / "releases"),
        "environments_dir": str(tmp_path / "environments"),
        "volumes": "none",
        "networks": "none",
        "hypervisor_dir": str(ROLE / "files" / "hypervisors" / "fake"),
        "hypervisor_settings": {"migration_seconds": 3.0, "migration_bandwidth": 0, "post_copy": False, "qemu": ""},
        "auto_hypervisor": False,
        "host_releases": ["2026.2"] * 2,
        "upgrade_levels_compute": "",
        "live_migrations_per_host": 1,
        "same_host_resize": False,
        "api_workers": 1,
        "port_base": free_ports(),
        "mariadbd": "mariadbd",
        "rabbitmq_server": "rabbitmq-server",
        "start_timeout": 5,
        "guests": [{"image": "local-cloud", "memory": 8, "dirty_rate": 1}],
        "guest_file": str(ROLE / "files" / "guest" / "guest.hex"),
        "flavors": [{"name": "local.tiny", "vcpus": 1, "ram": 64, "disk": 1}],
        "debug": False,
        "notifications": False,
        "faults": [],
        "faults_dir": str(ROLE / "files" / "faults"),
        "sources": {},
    }


@pytest.fixture
def settings(order: dict[str, Any]) -> Settings:
    return Settings.from_json(json.dumps(order))


@pytest.fixture
def toy(order: dict[str, Any], layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toy:
    (layout.top / "told").mkdir()
    launcher = tmp_path / "python"
    program = Path(__file__).with_name("toy_program.py")
    launcher.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, str(program)])} "$0" "$@"\n')
    launcher.chmod(0o700)
    for name in ("mariadb", "mariadb-install-db", "rabbitmqctl", "ovn-nbctl", "ovn-sbctl"):
        (tmp_path / name).symlink_to(launcher)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TOY_LAUNCHER", str(launcher))
    monkeypatch.setenv("TOY_TOP", str(layout.top))
    return Toy({**order, "python": str(launcher)}, layout)
