# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several reads at the same time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.concurrent_calls import call_concurrently

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def test_reads_run_at_the_same_time_and_keep_their_order() -> None:
    both = threading.Barrier(2, timeout=10)

    def read(name: str) -> str:
        both.wait()
        return name

    assert call_concurrently([lambda: read("first"), lambda: read("second")]) == ["first", "second"]


def test_at_most_that_many_reads_run_at_the_same_time() -> None:
    running, most, lock = 0, 0, threading.Lock()
    started = threading.Event()

    def read() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        started.wait(0.02)
        with lock:
            running -= 1

    call_concurrently([read] * 12, most=3)
    assert most == 3


def test_the_error_of_the_first_failed_read_is_raised_after_all_have_ended() -> None:
    ended: list[str] = []

    def fail(name: str) -> None:
        ended.append(name)
        raise ValueError(name)

    first = threading.Event()

    def fail_late() -> None:
        first.wait(10)
        fail("first")

    def fail_early() -> None:
        first.set()
        fail("second")

    with pytest.raises(ValueError, match="first"):
        call_concurrently([fail_late, fail_early])
    assert sorted(ended) == ["first", "second"]


def test_no_read_starts_after_an_error() -> None:
    started: list[int] = []

    def fail() -> None:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  # any message
        call_concurrently([fail, lambda: started.append(1)], most=1)
    assert started == []


def test_without_reads_there_are_no_results() -> None:
    nothing: list[str] = call_concurrently([])
    assert nothing == []


def test_an_iterator_creates_reads_while_other_reads_run() -> None:
    created = threading.Event()

    def reads() -> Iterator[Callable[[], str]]:
        yield lambda: "first" if created.wait(10) else "timeout"
        created.set()
        yield lambda: "second"

    assert call_concurrently(reads(), most=2) == ["first", "second"]


def test_the_error_of_an_iterator_is_raised() -> None:
    ended: list[str] = []

    def reads() -> Iterator[Callable[[], None]]:
        yield lambda: ended.append("first")
        raise ValueError("no second page")

    with pytest.raises(ValueError, match="no second page"):
        call_concurrently(reads())
    assert ended == ["first"]
