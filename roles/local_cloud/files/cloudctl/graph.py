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

POLL_SECONDS = 0.5


@dataclasses.dataclass(frozen=True)
class Step:
    """One step in the start of a local cloud.

    ``run`` returns a progress message, or None if the step changed nothing.
    """

    name: str
    run: Callable[[], str | None]
    needs: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Progress:
    """Prints the progress of a start at least once in ``quiet_seconds`` seconds."""

    print_progress: Callable[[str], None]
    quiet_seconds: float = 20.0
    clock: Callable[[], float] = time.monotonic


def ready_steps(steps: Sequence[Step], done: set[str], started: set[str]) -> list[Step]:
    """Return the steps that can start now, because all steps that they need have completed."""
    return [step for step in steps if step.name not in started and done.issuperset(step.needs)]


def run_graph(
    steps: Sequence[Step], progress: Progress, cancelled: threading.Event, workers: int = 8
) -> dict[str, float]:
    """Run all steps, and return the duration of each step in seconds.

    After an error, no new step starts. The function raises the error when the running steps have ended.
    """
    names = {step.name for step in steps}
    unknown = {need for step in steps for need in step.needs} - names
    if unknown:
        msg = f"steps require steps that do not exist: {sorted(unknown)}"
        raise ValueError(msg)
    run = _GraphRun(steps, progress, cancelled)
    with concurrent.futures.ThreadPoolExecutor(max_workers=workers) as pool:
        run.execute(pool)
    if run.errors:
        raise run.errors[0]
    if cancelled.is_set():
        msg = "Interrupted. The next run continues after the last finished step."
        raise CancelledError(msg)
    if unreachable := names - run.done:
        msg = f"steps require each other: {sorted(unreachable)}"
        raise ValueError(msg)
    return run.seconds


class _GraphRun:
    def __init__(self, steps: Sequence[Step], progress: Progress, cancelled: threading.Event) -> None:
        self.errors: list[CloudError] = []
        self.seconds: dict[str, float] = {}
        self._steps = steps
        self._progress = progress
        self._cancelled = cancelled
        self._start_times: dict[str, float] = {}
        self.done: set[str] = set()
        self._pending: dict[concurrent.futures.Future[str | None], Step] = {}
        self._last_output = progress.clock()

    def execute(self, pool: concurrent.futures.Executor) -> None:
        while True:
            if not self.errors and not self._cancelled.is_set():
                for step in ready_steps(self._steps, self.done, set(self._start_times)):
                    self._start_times[step.name] = self._progress.clock()
                    self._pending[pool.submit(step.run)] = step
            if not self._pending:
                return
            ended, _running = concurrent.futures.wait(
                self._pending, timeout=POLL_SECONDS, return_when=concurrent.futures.FIRST_COMPLETED
            )
            for future in ended:
                self._complete_step(self._pending.pop(future), future)
            self._print_running_steps()

    def _complete_step(self, step: Step, future: concurrent.futures.Future[str | None]) -> None:
        seconds = self._progress.clock() - self._start_times[step.name]
        error = future.exception()
        if error is not None:
            # Cancel the running steps, because some of them may wait for the failed step.
            self._cancelled.set()
            if not isinstance(error, CloudError):
                raise error
            self.errors.append(error)
            return
        self.done.add(step.name)
        message = future.result()
        if message is not None:
            self.seconds[step.name] = round(seconds, 1)
            self._print(f"{message} ({seconds:.1f} s)")

    def _print_running_steps(self) -> None:
        now = self._progress.clock()
        if now - self._last_output >= self._progress.quiet_seconds and self._pending:
            running = ", ".join(
                f"{step.name} ({now - self._start_times[step.name]:.0f} s)" for step in self._pending.values()
            )
            self._print(f"still running: {running}")

    def _print(self, text: str) -> None:
        self._last_output = self._progress.clock()
        self._progress.print_progress(text)
