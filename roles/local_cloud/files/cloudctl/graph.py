# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run steps in parallel. Each step starts when its required steps have completed."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import time
from typing import TYPE_CHECKING

from .errors import CancelledError, CloudError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

TICK_SECONDS = 0.5


@dataclasses.dataclass(frozen=True)
class Step:
    """A step. ``run`` returns a progress message, or None if the step had nothing to do."""

    name: str
    run: Callable[[], str | None]
    needs: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Progress:
    """The function that prints progress, and the maximum time between two messages in seconds."""

    say: Callable[[str], None]
    silence_seconds: float = 20.0
    clock: Callable[[], float] = time.monotonic


def ready_steps(steps: Sequence[Step], done: set[str], begun: set[str]) -> list[Step]:
    """Return the steps that can start now."""
    return [step for step in steps if step.name not in begun and done.issuperset(step.needs)]


def run_graph(
    steps: Sequence[Step], progress: Progress, cancelled: threading.Event, workers: int = 8
) -> dict[str, float]:
    """Run all steps. Return the duration of each step in seconds.

    After an error, no further step starts. The error is raised when the running steps have ended.
    """
    names = {step.name for step in steps}
    unknown = {need for step in steps for need in step.needs} - names
    if unknown:
        msg = f"steps require steps that do not exist: {sorted(unknown)}"
        raise ValueError(msg)
    run = _Run(steps, progress, cancelled)
    with concurrent.futures.ThreadPoolExecutor(max_workers=workers) as pool:
        run.drive(pool)
    if run.errors:
        raise run.errors[0]
    if cancelled.is_set():
        msg = "Interrupted. The next run continues after the last finished step."
        raise CancelledError(msg)
    if never := names - run.done:
        msg = f"steps require each other: {sorted(never)}"
        raise ValueError(msg)
    return run.seconds


class _Run:
    def __init__(self, steps: Sequence[Step], progress: Progress, cancelled: threading.Event) -> None:
        self.errors: list[CloudError] = []
        self.seconds: dict[str, float] = {}
        self._steps = steps
        self._progress = progress
        self._cancelled = cancelled
        self._begun: dict[str, float] = {}
        self.done: set[str] = set()
        self._pending: dict[concurrent.futures.Future[str | None], Step] = {}
        self._last_word = progress.clock()

    def drive(self, pool: concurrent.futures.Executor) -> None:
        while True:
            if not self.errors and not self._cancelled.is_set():
                for step in ready_steps(self._steps, self.done, set(self._begun)):
                    self._begun[step.name] = self._progress.clock()
                    self._pending[pool.submit(step.run)] = step
            if not self._pending:
                return
            ended, _running = concurrent.futures.wait(
                self._pending, timeout=TICK_SECONDS, return_when=concurrent.futures.FIRST_COMPLETED
            )
            for future in ended:
                self._conclude(self._pending.pop(future), future)
            self._break_silence()

    def _conclude(self, step: Step, future: concurrent.futures.Future[str | None]) -> None:
        seconds = self._progress.clock() - self._begun[step.name]
        error = future.exception()
        if error is not None:
            # Running steps are cancelled, because they may wait for the failed step.
            self._cancelled.set()
            if not isinstance(error, CloudError):
                raise error
            self.errors.append(error)
            return
        self.done.add(step.name)
        remark = future.result()
        if remark is not None:
            self.seconds[step.name] = round(seconds, 1)
            self._say(f"{remark} ({seconds:.1f} s)")

    def _break_silence(self) -> None:
        now = self._progress.clock()
        if now - self._last_word >= self._progress.silence_seconds and self._pending:
            running = ", ".join(
                f"{step.name} ({now - self._begun[step.name]:.0f} s)" for step in self._pending.values()
            )
            self._say(f"still running: {running}")

    def _say(self, text: str) -> None:
        self._last_word = self._progress.clock()
        self._progress.say(text)
