# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the linters of the examples, from the environment that `make pipelines` creates."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "pipelines"
LINTERS = ROOT / ".venv-pipelines" / "bin"
# This folder contains the programs of the environment that runs the tests.
OWN_PROGRAMS = Path(sys.executable).parent


def run_program(
    *command: str, cwd: Path = ROOT, home: Path, programs: Path = LINTERS, **environment: str
) -> tuple[int, str]:
    """Run a program. Return its exit code and its output.

    HOME is set to `home`, so the user's settings have no effect.
    """
    done = subprocess.run(
        [str(programs / command[0]), *command[1:]],
        cwd=cwd,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "OS_"))},
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(home),
            "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            **environment,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout
