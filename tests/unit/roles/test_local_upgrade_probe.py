# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program that pings the guests during an upgrade, with the loopback address."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
PROGRAM = ROOT / "roles" / "local_upgrade" / "files" / "probe.py"
COLLECTIONS = ROOT / "playbooks" / "collections"


def start(**changes: Any) -> subprocess.Popen[str]:
    order = {"addresses": ["127.0.0.1"], "netns": None, "interval": 0.02, "timeout": 20, "while": "", **changes}
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), json.dumps(order)],
        env={**os.environ, "PYTHONPATH": str(COLLECTIONS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_pings_while_the_file_exists(tmp_path: Path) -> None:
    file = tmp_path / "probe"
    file.touch()
    program = start(**{"while": str(file)})
    with pytest.raises(subprocess.TimeoutExpired):
        program.wait(2)
    file.unlink()
    printed, errors = program.communicate(timeout=20)
    assert (program.returncode, errors) == (0, "")
    (found,) = json.loads(printed)["targets"]
    assert found["address"] == "127.0.0.1"
    assert 0 < found["answered"] <= found["asked"]
    assert found["longest"] < 10
    assert abs(found["longest_started"] - time.time()) < 60


def test_ends_if_no_step_touches_the_file(tmp_path: Path) -> None:
    file = tmp_path / "probe"
    file.touch()
    os.utime(file, (0, 0))
    program = start(**{"while": str(file)})
    program.communicate(timeout=20)
    assert program.returncode == 0


def test_silent_server_is_an_error() -> None:
    # Linux sends no packet to a reserved address (RFC 1112, class E).
    program = start(addresses=["240.0.0.1"], timeout=0.2)
    _printed, errors = program.communicate(timeout=20)
    assert program.returncode == 1
    assert "240.0.0.1" in errors
