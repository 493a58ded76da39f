# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""requirements/python.sh and venv.sh with programs on the PATH that report a given Python version."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parents[3] / "requirements"
# The program runs the code of -c as if it had another Python version.
STUB = """\
#!/bin/sh
exec {real} -c '
import sys
sys.version_info, sys._base_executable = ({version}, 0, "final", 0), "{own}"
exec(sys.argv[1])' "$2"
"""


def pythons(folder: Path, *versions: str) -> None:
    for version in versions:
        own = folder / f"python{version}"
        own.write_text(STUB.format(real=sys.executable, version=version.replace(".", ", "), own=own))
        own.chmod(0o755)


def ask(script: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # /usr/bin or /bin contains sh, dirname and head. A stub named python3 has priority over a python3 there.
    path = os.pathsep.join([str(folder), "/usr/bin", "/bin"])
    command = [str(REQUIREMENTS / script), *arguments]
    return subprocess.run(command, env={"PATH": path}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("versions", "found"),
    [
        ("3.11", "python3.11"),
        ("3.12", "python3.12"),
        ("3.12-3.13", "python3.12"),
        ("3.13-3.13", "python3.13"),
        ("3.13", "python3.13"),
    ],
)
def test_finds_the_oldest_suitable_python(tmp_path: Path, versions: str, found: str) -> None:
    pythons(tmp_path, "3.11", "3.12", "3.13")
    (tmp_path / "python3").symlink_to(tmp_path / "python3.11")
    assert ask("python.sh", tmp_path, versions).stdout.strip() == str(tmp_path / found)


@pytest.mark.parametrize("versions", ["3.9-3.10", "3.12-3.13"])
def test_fails_without_a_suitable_python(tmp_path: Path, versions: str) -> None:
    pythons(tmp_path, "3.11", "3.14")
    for name in ("3.12", "3.13"):
        (tmp_path / f"python{name}").symlink_to(tmp_path / "python3.11")
    (tmp_path / "python3").symlink_to(tmp_path / "python3.11")
    done = ask("python.sh", tmp_path, versions)
    assert (done.returncode, done.stdout) == (1, "")


@pytest.mark.parametrize(
    ("versions", "words"),
    [("3.99", "ERROR: Python 3.99 or newer is required"), ("3.8-3.9", "ERROR: Python 3.8 to 3.9 is required")],
)
def test_message_names_the_required_python(tmp_path: Path, versions: str, words: str) -> None:
    pythons(tmp_path, "3.11")
    done = ask("venv.sh", tmp_path, str(tmp_path / "environment"), versions, str(tmp_path / "python3.11"))
    assert done.returncode == 1
    assert words in done.stderr
