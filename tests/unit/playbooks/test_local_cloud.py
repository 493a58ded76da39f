# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of a local cloud refuse a release without a suitable Python before they change anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PLAYBOOKS = Path(__file__).parents[3] / "playbooks"
# This message is from the installation of missing packages.
PACKAGES = "packages of the operating system that are missing"


@pytest.fixture
def old_python(tmp_path: Path) -> Path:
    """Return a program that answers as Python 3.9 does."""
    program = tmp_path / "python3.9"
    program.write_text("#!/bin/sh\necho 9\n", encoding="utf-8")
    program.chmod(0o700)
    return program


def output_of(playbook: str, folder: Path, **inputs: object) -> str:
    """Run a playbook that must fail. Return its output as one line."""
    program = Path(sys.executable).with_name("ansible-playbook")
    more = {
        "local_cloud_dir": str(folder / "cloud"),
        "local_cloud_environments_dir": str(folder / "environments"),
        "local_cloud_hypervisor": "fake",
        # The file of this package does not exist, and the playbook must not install the package.
        "__local_cloud_mariadbd": str(folder / "mariadbd"),
        "local_cloud_install_packages": "false",
    }
    arguments = [str(program), str(PLAYBOOKS / playbook), "-e", json.dumps(more | inputs)]
    environment = {**os.environ, "ANSIBLE_CONFIG": str(PLAYBOOKS.parent / "ansible.cfg")}
    ran = subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode != 0
    return " ".join(ran.stdout.split())


def test_start_names_the_missing_python_before_it_installs_packages(tmp_path: Path, old_python: Path) -> None:
    output = output_of("local_cloud.yml", tmp_path, local_cloud_python=str(old_python))
    assert f"local_cloud_python={old_python} is Python 3.9, but OpenStack 2026.2 needs Python 3.11 or newer" in output
    assert PACKAGES not in output
    assert [path.name for path in tmp_path.iterdir()] == [old_python.name]


def test_start_with_a_suitable_python_installs_packages(tmp_path: Path) -> None:
    assert PACKAGES in output_of("local_cloud.yml", tmp_path, local_cloud_python=sys.executable)


def test_upgrade_names_the_missing_python_before_it_starts_the_cloud(tmp_path: Path, old_python: Path) -> None:
    (tmp_path / "cloud").mkdir()
    releases = dict.fromkeys(("controllers", "compute1"), "2026.1")
    state = json.dumps({"hypervisor": "fake", "volumes": "none", "networks": "none", "releases": releases})
    (tmp_path / "cloud" / "state.json").write_text(state, encoding="utf-8")
    output = output_of("local_cloud_upgrade.yml", tmp_path, local_cloud_python=str(old_python))
    assert f"local_cloud_python={old_python} is Python 3.9, but OpenStack 2026.2 needs Python 3.11 or newer" in output
    assert PACKAGES not in output
    assert [path.name for path in (tmp_path / "cloud").iterdir()] == ["state.json"]
