# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The programs that judge what people build on, in an environment of their own; `make pipelines` makes it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "pipelines"
JUDGES = ROOT / ".venv-pipelines" / "bin"
# beside the Python that runs the tests
OURS = Path(sys.executable).parent


def judge(*command: str, cwd: Path = ROOT, home: Path, programs: Path = JUDGES, **environment: str) -> tuple[int, str]:
    """Run one of them; its exit code and all it said. A home of its own keeps the settings of the host out."""
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
