# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run programs, and write their output to a log."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

from .errors import CancelledError, CloudError, with_log
from .processes import environment_marker

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Collection, Mapping, Sequence

    from .layout import Layout

POLL_SECONDS = 0.05
STOP_TIMEOUT_SECONDS = 10


@dataclasses.dataclass(frozen=True)
class Runner:
    layout: Layout
    cancelled: threading.Event

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment variables for a program of the local cloud."""
        # By default the library stevedore writes its cache to the home folder of the user.
        return {
            **os.environ,
            "XDG_CACHE_HOME": str(self.layout.lib / "cache"),
            **environment_marker(self.layout),
            **(extra or {}),
        }

    def run(
        self,
        what: str,
        argv: Sequence[str],
        *,
        log: str,
        extra_env: Mapping[str, str] | None = None,
        text_in: str | None = None,
        watch: Callable[[], None] | None = None,
        accepted: Collection[int] = (0,),
    ) -> int:
        """Run a program and wait until it has ended.

        During this time, the function ``watch`` is called repeatedly. An exception of ``watch`` stops the program.
        Return the exit code. Raise CloudError if the code is not in ``accepted``, and CancelledError if the work is
        cancelled.
        """
        path = self.layout.log_of(log)
        with path.open("a", encoding="utf-8") as out:
            path.chmod(0o600)
            out.write(f"--- {what}\n")
            out.flush()
            try:
                process = subprocess.Popen(
                    argv,
                    stdin=subprocess.PIPE if text_in is not None else subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    env=self.environment(extra_env),
                    text=True,
                    start_new_session=True,
                )
            except OSError as error:
                msg = f"{what} cannot be run: {error}"
                raise CloudError(msg) from error
            if process.stdin is not None and text_in is not None:
                with contextlib.suppress(BrokenPipeError):  # the program has ended, and its exit code is checked below
                    process.stdin.write(text_in)
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()
            try:
                while process.poll() is None:
                    if self.cancelled.wait(POLL_SECONDS):
                        msg = f"{what}: interrupted"
                        raise CancelledError(msg)
                    if watch is not None:
                        watch()
            finally:
                if process.poll() is None:
                    # Send the signal to the process group, so that child processes also end.
                    os.killpg(process.pid, signal.SIGTERM)
                    try:
                        process.wait(STOP_TIMEOUT_SECONDS)
                    except subprocess.TimeoutExpired:
                        os.killpg(process.pid, signal.SIGKILL)
                        process.wait()
        if process.returncode not in accepted:
            msg = f"{what} failed with exit code {process.returncode}."
            raise CloudError(with_log(msg, path))
        return process.returncode

    def wait_for(self, what: str, ready: Callable[[], bool], timeout: float, on_timeout: Callable[[], str]) -> None:
        """Poll until ``ready`` returns true.

        Raise CloudError after the timeout. ``on_timeout`` returns the text of this error.
        """
        deadline = time.monotonic() + timeout
        while not ready():
            if self.cancelled.wait(POLL_SECONDS * 2):
                msg = f"{what}: interrupted"
                raise CancelledError(msg)
            if time.monotonic() > deadline:
                raise CloudError(on_timeout())
