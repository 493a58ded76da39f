# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the commands of the documentation.

The scenario molecule/docs calls this program while the local cloud runs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from ansible_collections.stackproof.migration.tests.docs import commands
from ansible_collections.stackproof.migration.tests.docs.commands import ROOT, Command

if TYPE_CHECKING:
    from collections.abc import Iterator

BIN = Path(sys.executable).parent
# The pages contain these names of clouds. In the tests each name refers to the local cloud.
CLOUDS = ("mycloud", "berlin", "lisbon")
# These variables of molecule, make and the caller's shell would change the commands.
STRANGE = re.compile(r"^(ANSIBLE|MOLECULE|OS|PY_COLORS|VIRTUAL_ENV|MAKE|MFLAGS)")
LONGEST_SECONDS = 240
TOLD = 4000

COMMANDS = commands.to_run(commands.all_blocks(), commands.made_by_ci())


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with credentials, an inventory, the archive and the playbooks of the pages."""
    folder = tmp_path_factory.mktemp("desk")
    local = yaml.safe_load(Path(os.environ["CLOUDS_YAML"]).read_text(encoding="utf-8"))["clouds"]["local"]
    clouds_yaml = folder / "clouds.yaml"
    clouds_yaml.touch(mode=0o600)
    clouds_yaml.write_text(yaml.safe_dump({"clouds": dict.fromkeys(CLOUDS, local)}), encoding="utf-8")
    (folder / "clouds.ini").write_text("[migration_targets]\nberlin\nlisbon\n", encoding="utf-8")
    for block in commands.all_blocks():
        # If the first line of a block is the name of a file, the block is written into this file.
        name = re.fullmatch(r"# (\w[\w-]*\.yml)", block.lines[0]) if block.lines and block.language == "yaml" else None
        if name:
            (folder / name[1]).write_text("\n".join(block.lines) + "\n", encoding="utf-8")
    archive = [str(BIN / "ansible-galaxy"), "collection", "build", "--output-path", str(folder)]
    subprocess.run(archive, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture
def nowhere() -> Iterator[Path]:
    """Yield a folder for a local cloud. The path of the folder is short enough for sockets."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the working tree, for commands that remove files."""
    copy = tmp_path_factory.mktemp("checkout") / "migration"
    shutil.copytree(
        ROOT, copy, symlinks=True, ignore=shutil.ignore_patterns(".*", "__pycache__", "*.tar.gz", "reports")
    )
    return copy


def environment(desk: Path) -> dict[str, str]:
    """Return environment variables with the credentials, and with Ansible on the PATH."""
    plain = {name: value for name, value in os.environ.items() if not STRANGE.match(name)}
    return plain | {"OS_CLIENT_CONFIG_FILE": str(desk / "clouds.yaml"), "PATH": f"{BIN}:{plain['PATH']}"}


def in_the_checkout(command: Command) -> bool:
    return re.search(r"(^|\s)(make|\.venv/bin/\S+|playbooks/\S+)(\s|$)", command.text) is not None


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: f"{command.place} {command.text}")
def test_command_ends_as_page_says(command: Command, desk: Path, checkout: Path, nowhere: Path) -> None:
    folder, variables = ROOT, environment(desk)
    if "clean" in command.targets:
        # The commands must not remove the environment that runs these tests. They must not remove the local cloud of
        # the user.
        folder, variables["XDG_STATE_HOME"] = checkout, str(nowhere)
    elif not in_the_checkout(command):
        # The commands install collections into HOME. Therefore Ansible must search in HOME.
        folder, variables["HOME"] = desk, str(desk)
    done = subprocess.run(
        ["/bin/bash", "-c", command.text],
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    told = f"exit code {done.returncode}\n{done.stdout[-TOLD:]}"
    assert (done.returncode != 0) == command.is_red, told
    # A misspelled command also fails. Therefore an outcome is required.
    assert not command.is_red or re.search(r"outcome +failed", done.stdout), told
