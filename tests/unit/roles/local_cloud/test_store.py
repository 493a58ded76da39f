# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import shutil
import threading
from typing import TYPE_CHECKING

import pytest
from cloudctl.errors import CancelledError
from cloudctl.store import PASSWORDS, State, load_secrets, locked, write_private

if TYPE_CHECKING:
    from pathlib import Path

    from cloudctl.layout import Layout


@pytest.mark.parametrize("leftover", [None, "clouds.yaml", "clouds.yaml.new"])
def test_private_file_replaces_an_existing_file(tmp_path: Path, leftover: str | None) -> None:
    if leftover:
        (tmp_path / leftover).write_text("old")
        (tmp_path / leftover).chmod(0o644)
    path = tmp_path / "clouds.yaml"
    write_private(path, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_secrets_are_random_and_kept(layout: Layout) -> None:
    made = load_secrets(layout)
    assert set(made) == set(PASSWORDS)
    assert len(set(made.values())) == len(PASSWORDS)
    assert load_secrets(layout) == made
    assert layout.secrets.stat().st_mode & 0o777 == 0o600


def test_missing_secret_is_added(layout: Layout) -> None:
    layout.secrets.write_text(json.dumps({"admin": "kept"}))
    made = load_secrets(layout)
    assert made["admin"] == "kept"
    assert set(made) == set(PASSWORDS)


def test_state_is_read_again(layout: Layout) -> None:
    state = State(layout.state)
    assert not state.has("install", "a")
    state.record("install", "a")
    resumed = State(layout.state)
    assert resumed.has("install", "a")
    assert not resumed.has("install", "b")
    resumed.record("install", None)
    assert not State(layout.state).has("install", "a")


def test_state_records_parallel_steps(layout: Layout) -> None:
    state = State(layout.state)
    threads = [threading.Thread(target=state.record, args=(f"step{number}", "done")) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(State(layout.state).has(f"step{number}", "done") for number in range(20))


def test_lock_waits_and_names_the_holder(layout: Layout) -> None:
    events: list[str] = []
    holders: list[str] = []
    waits = threading.Event()

    def on_wait(holder: str) -> None:
        holders.append(holder)
        waits.set()

    def second() -> None:
        with locked(layout, "stop", on_wait, threading.Event()):
            events.append("second")

    with locked(layout, "start", events.append, threading.Event()):
        thread = threading.Thread(target=second)
        thread.start()
        assert waits.wait(10)
        events.append("first")
    thread.join()
    assert events == ["first", "second"]
    assert [holder.partition(", since ")[0] for holder in holders] == [f"start, process {os.getpid()}"]
    assert layout.lock.stat().st_mode & 0o777 == 0o600


def test_lock_of_a_removed_cloud_is_not_shared(layout: Layout) -> None:
    """A command that waited for a removal has opened a deleted lock file. A third command must not get a new lock."""
    waits = threading.Event()
    inside = threading.Event()
    leave = threading.Event()

    def second() -> None:
        with locked(layout, "start", lambda _holder: waits.set(), threading.Event()):
            inside.set()
            assert leave.wait(10)

    with locked(layout, "remove", lambda _holder: None, threading.Event()):
        thread = threading.Thread(target=second)
        thread.start()
        assert waits.wait(10)
        shutil.rmtree(layout.top)
    assert inside.wait(10)
    third_waits = threading.Event()
    with (
        pytest.raises(CancelledError),
        locked(layout, "start", lambda _holder: third_waits.set(), third_waits),
    ):
        pytest.fail("two commands had the lock")
    leave.set()
    thread.join()
    assert not layout.top.exists()
    layout.make()  # create the folder again, because the fixture removes it


def test_waiting_for_the_lock_ends_when_the_caller_has_ended(layout: Layout) -> None:
    gone = threading.Event()
    with (
        locked(layout, "start", lambda _holder: None, threading.Event()),
        pytest.raises(CancelledError, match="Interrupted"),
        locked(layout, "stop", lambda _holder: gone.set(), gone),
    ):
        pytest.fail("two commands had the lock")
