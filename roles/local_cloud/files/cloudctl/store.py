# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read and write the state, the passwords and the lock file of the local cloud."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hashlib
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
    "notifications",
    "ceph",
)


def digest(*parts: bytes) -> str:
    """Return a short hash of the parts."""
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()[:20]


def write_private(path: Path, text: str) -> None:
    """Replace a file, so that readers never see a partial file and only its owner can read it."""
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    temporary.replace(path)


def load_secrets(layout: Layout) -> dict[str, str]:
    """Return the passwords. The first call creates random passwords."""
    known: dict[str, str] = json.loads(layout.secrets.read_text()) if layout.secrets.exists() else {}
    missing = [name for name in PASSWORDS if name not in known]
    if missing:
        known.update({name: secrets.token_hex(16) for name in missing})
        write_private(layout.secrets, json.dumps(known, indent=2))
    return known


class State:
    """Stores which steps of a local cloud are complete.

    A hash of the inputs identifies a step.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._steps: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}

    def has(self, step: str, key: str | None) -> bool:
        """Return whether the stored hash of the step equals ``key``. The hash is None before the step has completed."""
        return bool(self._steps.get(step) == key)

    def get(self, step: str) -> Any:
        """Return the hash of a completed step. Return None for any other step."""
        return self._steps.get(step)

    def record(self, step: str, key: object) -> None:
        """Store that a step is complete.

        ``key`` contains the inputs of the step. With None, the step counts as not complete.
        """
        with self._lock:
            self._steps[step] = key
            write_private(self._path, json.dumps(self._steps, indent=2))


@contextlib.contextmanager
def locked(layout: Layout, command: str, on_wait: Callable[[str], None], cancelled: threading.Event) -> Iterator[None]:
    """Hold the lock of the local cloud, so that only one command changes the cloud.

    If another command holds the lock, call ``on_wait`` once and wait. Raise CancelledError if ``cancelled`` is set
    during the wait.
    """
    waited = False
    while True:
        layout.top.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Do not truncate the lock file, because it contains the description of the running command.
        with layout.lock.open("a+", encoding="utf-8") as lock:
            layout.lock.chmod(0o600)
            while not try_lock(lock):
                if not waited:
                    on_wait(_read_holder(lock))
                    waited = True
                if cancelled.wait(LOCK_POLL_SECONDS):
                    msg = "Interrupted while waiting for another command that changes this cloud."
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
    """Remove the folder of the cloud if it contains only the lock file."""
    with contextlib.suppress(FileNotFoundError):
        if [entry.name for entry in layout.top.iterdir()] == [layout.lock.name]:
            layout.lock.unlink()
            layout.top.rmdir()


def try_lock(lock: IO[str]) -> bool:
    """Lock an open file. Return False if another program has locked it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_holder(lock: IO[str]) -> str:
    """Return the description of the command that holds the lock."""
    lock.seek(0)
    return lock.read() or "just started"


def _is_current(lock: IO[str], path: Path) -> bool:
    """Return whether the open file is still the lock file. Another command may have deleted the lock file."""
    try:
        return os.path.samestat(os.fstat(lock.fileno()), path.stat())
    except FileNotFoundError:
        return False
