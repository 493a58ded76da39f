# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._module.run_owner import (
    OWNER_KEY,
    RUN_KEY,
    UNTIL_KEY,
    RunOwner,
    is_abandoned,
    namespace_id,
    owner_of,
    process_start_time,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)
PAST, FUTURE = "2026-04-01T11:59:59+00:00", "2026-04-01T14:30:00+02:00"


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    """Yield a process that runs until it is killed."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def of(pid: int) -> RunOwner:
    owner = owner_of(pid)
    assert owner is not None
    return owner


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("0f3a:4711:1234", RunOwner("0f3a", 4711, 1234)),
        ("", None),
        ("0f3a", None),
        ("0f3a:4711", None),
        (":4711:1234", None),
        ("0f3a:-1:1234", None),
        ("0f3a:4711:soon", None),
        ("0f3a:4711:1234:5", None),
        ("0f3a:\N{SUPERSCRIPT TWO}:1234", None),
    ],
)
def test_parses_the_owner_from_metadata(text: str, owner: RunOwner | None) -> None:
    assert RunOwner.parse(text) == owner
    if owner is not None:
        assert str(owner) == text


def test_namespace_id_is_the_same_for_all_processes() -> None:
    code = f"from {namespace_id.__module__} import namespace_id; print(namespace_id())"
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    said = subprocess.run([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    assert said.stdout.strip() == namespace_id()


def test_uses_the_age_without_proc(tmp_path: Path) -> None:
    assert namespace_id(tmp_path) is None
    assert owner_of(os.getpid(), tmp_path) is None
    # The owner process is unknown. Therefore the age of the server decides.
    metadata = {OWNER_KEY: str(of(os.getpid()))}
    assert not is_abandoned({**metadata, UNTIL_KEY: FUTURE}, NOW, tmp_path)
    assert is_abandoned({**metadata, UNTIL_KEY: PAST}, NOW, tmp_path)


def test_reads_the_start_time_of_a_command_with_parentheses(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "stat").write_text(f"7 (a) S (b) S {' '.join(str(field) for field in range(4, 53))}")
    assert process_start_time(7, tmp_path) == 22


def test_server_is_abandoned_when_its_owner_has_ended(other: subprocess.Popen[bytes]) -> None:
    owner = of(other.pid)
    assert owner != of(os.getpid())
    # The maximum age has passed, but the process still runs.
    assert not is_abandoned({OWNER_KEY: str(owner), UNTIL_KEY: PAST}, NOW)
    other.kill()
    os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
    # The process has ended. No process has read its exit code.
    assert is_abandoned({OWNER_KEY: str(owner), UNTIL_KEY: FUTURE}, NOW)
    other.wait()
    assert is_abandoned({OWNER_KEY: str(owner), UNTIL_KEY: FUTURE}, NOW)


def test_reused_process_id_is_not_the_owner() -> None:
    me = of(os.getpid())
    assert not is_abandoned({OWNER_KEY: str(me)}, NOW)
    assert is_abandoned({OWNER_KEY: str(RunOwner(me.namespace, me.pid, me.start_time - 1))}, NOW)


@pytest.mark.parametrize(
    ("metadata", "abandoned"),
    [
        ({}, False),
        ({RUN_KEY: "nightly-17"}, False),
        ({OWNER_KEY: "elsewhere:1:1"}, False),
        ({OWNER_KEY: "elsewhere:1:1", UNTIL_KEY: FUTURE}, False),
        ({OWNER_KEY: "elsewhere:1:1", UNTIL_KEY: PAST}, True),
        ({OWNER_KEY: "garbage", UNTIL_KEY: PAST}, True),
        ({UNTIL_KEY: PAST}, True),
        ({UNTIL_KEY: "2026-04-01T11:59:59"}, True),
        ({UNTIL_KEY: "2026-04-01T12:00:00"}, False),
        ({UNTIL_KEY: "tomorrow"}, False),
        ({OWNER_KEY: "garbage", UNTIL_KEY: ""}, False),
    ],
)
def test_age_decides_for_an_owner_on_another_machine(metadata: dict[str, str], abandoned: bool) -> None:
    assert is_abandoned(metadata, NOW) is abandoned
