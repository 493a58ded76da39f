# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each lock file can be installed into an empty environment.

The tests use the oldest and the newest supported pip.
"""

from __future__ import annotations

import re
import subprocess
import threading
from pathlib import Path

import pytest
from cloudctl.install import install_lock_file, install_more
from cloudctl.layout import Layout
from cloudctl.runner import Runner

ROOT = Path(__file__).parents[2]
REQUIREMENTS = ROOT / "requirements"
RELEASES = ROOT / "roles" / "local_cloud" / "files" / "releases"
PIPS = ("oldest", "newest")
LOCKS = sorted(path for path in REQUIREMENTS.glob("*.txt") if not path.stem.startswith("pip-"))
CLOUD_LOCKS = sorted(RELEASES.glob("*/requirements.txt"))


def python_for(lock: Path) -> str:
    """Return a Python that the .in file of the lock file allows.

    Without a restriction in the file, return the Python that runs the tests.
    """
    needed = re.search(r"^# needs Python (\S+)$", lock.with_suffix(".in").read_text(encoding="utf-8"), re.MULTILINE)
    found = subprocess.run(
        [REQUIREMENTS / "python.sh", needed[1] if needed else "3.11"],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if found.returncode:
        pytest.skip(f"no Python {needed and needed[1]} is on the PATH")
    return found.stdout.strip()


def environment(folder: Path, python: str, pip: str) -> Path:
    """Create a virtual environment with this version of pip and without other packages."""
    subprocess.run([python, "-m", "venv", folder], check=True)
    pinned = REQUIREMENTS / f"pip-{pip}.txt"
    install = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps", "--require-hashes", "-r"]
    subprocess.run([folder / "bin" / "python", *install, pinned], check=True)
    return folder


@pytest.fixture(autouse=True)
def only_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Return the pip option that allows only wheels.

    pip builds a source with the newest setuptools, and no lock file pins that version.
    """
    monkeypatch.setenv("PIP_ONLY_BINARY", ":all:")


@pytest.mark.parametrize("pip", PIPS)
@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_lock_file_installs(lock: Path, pip: str, tmp_path: Path) -> None:
    folder = environment(tmp_path / "environment", python_for(lock), pip)
    done = subprocess.run(
        [REQUIREMENTS / "install.sh", folder, lock],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("pip", PIPS)
@pytest.mark.parametrize("lock", CLOUD_LOCKS, ids=lambda path: path.parent.name)
def test_lock_file_of_a_local_cloud_installs(lock: Path, pip: str, tmp_path: Path) -> None:
    layout = Layout(tmp_path / "cloud")
    layout.make()
    environment(layout.venv, python_for(lock), pip)
    runner = Runner(layout, threading.Event())
    install_lock_file(lock, layout.python, layout.lib, runner)
    installed = subprocess.run([layout.python, "-c", "import nova, keystone, ovs"], check=False)
    assert installed.returncode == 0
    listing = [str(layout.python), "-m", "pip", "list", "--format=freeze"]
    before = set(subprocess.run(listing, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines())
    volumes = lock.with_name("volumes.txt")
    if not volumes.exists():  # the release has no lock file with Cinder
        return
    install_more(volumes, lock, layout.python, layout.lib, runner)
    after = set(subprocess.run(listing, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines())
    assert before < after
    assert subprocess.run([layout.python, "-c", "import cinder"], check=False).returncode == 0
