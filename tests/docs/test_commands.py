# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Type what the documentation tells people to type. molecule/docs calls this, with the local cloud up."""

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
# What the pages call clouds; all of them are the local one.
CLOUDS = ("mycloud", "berlin", "lisbon")
# What molecule, make and the caller's own shell would have a say in
STRANGE = re.compile(r"^(ANSIBLE|MOLECULE|OS|PY_COLORS|VIRTUAL_ENV|MAKE|MFLAGS)")
LONGEST_SECONDS = 240
TOLD = 4000

COMMANDS = commands.to_run(commands.all_blocks(), commands.made_by_ci())


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of somebody who has read the pages: credentials, an inventory, the archive, the pages' playbooks."""
    folder = tmp_path_factory.mktemp("desk")
    local = yaml.safe_load(Path(os.environ["CLOUDS_YAML"]).read_text(encoding="utf-8"))["clouds"]["local"]
    clouds_yaml = folder / "clouds.yaml"
    clouds_yaml.touch(mode=0o600)
    clouds_yaml.write_text(yaml.safe_dump({"clouds": dict.fromkeys(CLOUDS, local)}), encoding="utf-8")
    (folder / "clouds.ini").write_text("[migration_targets]\nberlin\nlisbon\n", encoding="utf-8")
    for block in commands.all_blocks():
        # a block that begins with the name of a file is that file
        name = re.fullmatch(r"# (\w[\w-]*\.yml)", block.lines[0]) if block.lines and block.language == "yaml" else None
        if name:
            (folder / name[1]).write_text("\n".join(block.lines) + "\n", encoding="utf-8")
    archive = [str(BIN / "ansible-galaxy"), "collection", "build", "--output-path", str(folder)]
    subprocess.run(archive, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture
def nowhere() -> Iterator[Path]:
    """A folder for a local cloud, of so short a name that sockets fit in it."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the working tree, for what may not be done to the one that these tests run in."""
    copy = tmp_path_factory.mktemp("checkout") / "migration"
    shutil.copytree(
        ROOT, copy, symlinks=True, ignore=shutil.ignore_patterns(".*", "__pycache__", "*.tar.gz", "reports")
    )
    return copy


def environment(desk: Path) -> dict[str, str]:
    """A shell in which nothing is set but the credentials, with Ansible on its PATH."""
    plain = {name: value for name, value in os.environ.items() if not STRANGE.match(name)}
    return plain | {"OS_CLIENT_CONFIG_FILE": str(desk / "clouds.yaml"), "PATH": f"{BIN}:{plain['PATH']}"}


def in_the_checkout(command: Command) -> bool:
    return re.search(r"(^|\s)(make|\.venv/bin/\S+|playbooks/\S+)(\s|$)", command.text) is not None


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: f"{command.place} {command.text}")
def test_it_does_what_the_page_says(command: Command, desk: Path, checkout: Path, nowhere: Path) -> None:
    folder, variables = ROOT, environment(desk)
    if "clean" in command.targets:
        # the environment that these tests run in, and a local cloud that was there before, are to stay
        folder, variables["XDG_STATE_HOME"] = checkout, str(nowhere)
    elif not in_the_checkout(command):
        # collections are installed into the home, and found there
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
    # a command that is mistyped is not red, but broken
    assert not command.is_red or re.search(r"outcome +failed", done.stdout), told
