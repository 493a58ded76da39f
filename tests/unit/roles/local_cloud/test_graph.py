# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each step runs as soon as its prerequisites are done. A failure is reported once."""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING

import pytest
from cloudctl import graph, plan
from cloudctl.errors import CancelledError, CloudError
from cloudctl.graph import Progress, Step, ready_steps, run_graph
from cloudctl.services import Services
from cloudctl.step_functions import StepContext
from cloudctl.store import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from cloudctl.runner import Runner
    from cloudctl.settings import Settings


def quiet(_text: str) -> None:
    """Print nothing."""


def returns(remark: str | None) -> Callable[[], str | None]:
    return lambda: remark


@pytest.fixture(autouse=True)
def _short_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "POLL_SECONDS", 0.01)


DIAMOND = [
    Step("top", returns("t"), ("left", "right")),
    Step("left", returns("l"), ("bottom",)),
    Step("right", returns(None), ("bottom",)),
    Step("bottom", returns("b")),
]


@pytest.mark.parametrize(
    ("done", "started", "ready"),
    [
        ("", "", ["bottom"]),
        ("", "bottom", []),
        ("bottom", "bottom", ["left", "right"]),
        ("bottom left", "bottom left right", []),
        ("bottom left right", "bottom left right", ["top"]),
    ],
)
def test_ready_steps(done: str, started: str, ready: list[str]) -> None:
    assert [step.name for step in ready_steps(DIAMOND, set(done.split()), set(started.split()))] == ready


def test_order_and_progress() -> None:
    said: list[str] = []
    seconds = run_graph(DIAMOND, Progress(said.append), threading.Event())
    assert [line.split(" (")[0] for line in said] == ["b", "l", "t"]
    assert sorted(seconds) == ["bottom", "left", "top"]  # a step without a change is not reported


def test_times_are_measured_with_the_clock() -> None:
    clock = itertools.count().__next__
    said: list[str] = []
    assert run_graph([Step("one", returns("done"))], Progress(said.append, clock=clock), threading.Event()) == {
        "one": 1
    }
    assert said == ["done (1.0 s)"]


def test_independent_steps_run_in_parallel() -> None:
    meeting = threading.Barrier(2, timeout=10)

    def meet() -> None:
        meeting.wait()

    run_graph([Step("one", meet), Step("two", meet)], Progress(quiet), threading.Event())


def test_first_error_is_raised_and_cancels_other_steps() -> None:
    cancelled = threading.Event()
    started: list[str] = []

    def fail() -> None:
        raise CloudError("the disk is full")

    def wait() -> None:
        assert cancelled.wait(10)
        raise CancelledError("interrupted")

    steps = [Step("wait", wait), Step("fail", fail), Step("after", lambda: started.append("after"), ("wait",))]
    with pytest.raises(CloudError, match="the disk is full"):
        run_graph(steps, Progress(quiet), cancelled)
    assert started == []


def test_unexpected_exception_cancels_other_steps() -> None:
    cancelled = threading.Event()

    def wait() -> None:
        assert cancelled.wait(10)

    with pytest.raises(ZeroDivisionError):
        run_graph([Step("wait", wait), Step("bug", lambda: str(1 / 0))], Progress(quiet), cancelled)


def test_cancelled_run_starts_no_more_steps() -> None:
    cancelled = threading.Event()
    started: list[str] = []
    steps = [Step("one", cancelled.set), Step("two", lambda: started.append("two"), ("one",))]
    with pytest.raises(CancelledError, match="The next run continues after the last finished step"):
        run_graph(steps, Progress(quiet), cancelled)
    assert started == []


def test_reports_a_step_that_takes_long() -> None:
    now = itertools.count(step=5)
    told = threading.Event()
    said: list[str] = []

    def print_progress(text: str) -> None:
        said.append(text)
        told.set()

    def work() -> str:
        assert told.wait(10)
        return "done"

    run_graph([Step("long", work)], Progress(print_progress, 20, lambda: float(next(now))), threading.Event())
    assert said[0].startswith("still running: long (")
    assert said[-1].startswith("done (")


def test_refuses_an_unknown_prerequisite() -> None:
    with pytest.raises(ValueError, match="steps that do not exist: \\['nothing'\\]"):
        run_graph([Step("one", returns(None), ("nothing",))], Progress(quiet), threading.Event())


def test_plan_has_no_cycle(settings: Settings, runner: Runner) -> None:
    context = StepContext(settings, runner, Services(settings, runner), State(settings.layout.state), {}, print)
    steps = plan.steps(context)
    done: set[str] = set()
    while ready := ready_steps(steps, done, done):
        done |= {step.name for step in ready}
    assert done == {step.name for step in steps}
    assert len(done) == len(steps)
    assert {f"nova-{host}" for host in settings.hosts} <= done


def test_no_host_starts_while_the_switch_stops_hosts(settings: Settings, runner: Runner) -> None:
    context = StepContext(settings, runner, Services(settings, runner), State(settings.layout.state), {}, print)
    needs = {step.name: step.needs for step in plan.steps(context)}
    starts = [name for host in settings.hosts for name in (host, f"nova-{host}")]
    assert starts
    assert [name for name in starts if "switch" not in needs[name]] == []
