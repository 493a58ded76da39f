# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small files that the cloud keeps about itself: steps done, passwords, the lock."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
import secrets
import threading
from typing import IO, TYPE_CHECKING, Any

from .errors import CancelledError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .layout import Layout

LOCK_POLL_SECONDS = 0.2
PASSWORDS = (
    "database_root",
    "database",
    "rabbitmq",
    "erlang_cookie",
    "admin",
    "service",
    "manager",
    "member",
    "reader",
)


def write_private(path: Path, text: str) -> None:
    """Replace a file in one go, readable by its owner alone."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    fresh.replace(path)


def load_secrets(layout: Layout) -> dict[str, str]:
    """The passwords, made at random the first time."""
    known: dict[str, str] = json.loads(layout.secrets.read_text()) if layout.secrets.exists() else {}
    missing = [name for name in PASSWORDS if name not in known]
    if missing:
        known.update({name: secrets.token_hex(16) for name in missing})
        write_private(layout.secrets, json.dumps(known, indent=2))
    return known


class State:
    """Which one-time steps were done, each with a key that names its inputs."""

    def __init__(self, path: Path) -> None:
        """Read the file when there is one."""
        self._path = path
        self._guard = threading.Lock()
        self._known: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}

    def has(self, step: str, key: str | None) -> bool:
        """Whether the step was done with these inputs; with None, whether it was never done."""
        return bool(self._known.get(step) == key)

    def get(self, step: str) -> Any:
        """What was recorded of the step; None when nothing was."""
        return self._known.get(step)

    def record(self, step: str, key: object) -> None:
        """Remember the step (or forget it, with None), at once, so that an interrupted run is resumed."""
        with self._guard:
            self._known[step] = key
            write_private(self._path, json.dumps(self._known, indent=2))


@contextlib.contextmanager
def locked(layout: Layout, command: str, on_wait: Callable[[str], None], cancelled: threading.Event) -> Iterator[None]:
    """Let one command at a time change the cloud; a second command waits.

    ``command`` is what this command does, such as ``start``. While another command holds the lock, ``on_wait`` is
    called once with a description of that command. The command that removes the cloud deletes the lock file: whoever
    waited for it creates the folder and the file again. Raise CancelledError when the caller has gone.
    """
    waited = False
    while True:
        layout.top.mkdir(mode=0o700, parents=True, exist_ok=True)
        # not truncated: the text describes the holder
        with layout.lock.open("a+", encoding="utf-8") as lock:
            layout.lock.chmod(0o600)
            while not _try_lock(lock):
                if not waited:
                    on_wait(_read_holder(lock))
                    waited = True
                if cancelled.wait(LOCK_POLL_SECONDS):
                    msg = "Interrupted while another command works on this cloud."
                    raise CancelledError(msg)
            if not _is_current(lock, layout.lock):
                continue
            lock.truncate(0)
            lock.write(f"{command}, process {os.getpid()}, since {dt.datetime.now().astimezone():%H:%M:%S}")
            lock.flush()
            try:
                yield
            finally:
                _remove_if_empty(layout)
            return


def _remove_if_empty(layout: Layout) -> None:
    """Remove a folder in which there is nothing but the lock, as after a removal by the command before."""
    with contextlib.suppress(FileNotFoundError):
        if [entry.name for entry in layout.top.iterdir()] == [layout.lock.name]:
            layout.lock.unlink()
            layout.top.rmdir()


def _try_lock(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_holder(lock: IO[str]) -> str:
    """Return the description that the holder of the lock has written."""
    lock.seek(0)
    return lock.read() or "it has just started"


def _is_current(lock: IO[str], path: Path) -> bool:
    """Return whether the open file is still the lock file of the cloud, and has not been deleted with its folder."""
    try:
        return os.path.samestat(os.fstat(lock.fileno()), path.stat())
    except FileNotFoundError:
        return False
