# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Call several functions that send requests at the same time."""

from __future__ import annotations

import threading
from collections.abc import Sized
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")

# The number of requests that one module sends at the same time.
MOST_CALLS = 8


def call_concurrently(calls: Iterable[Callable[[], T]], most: int = MOST_CALLS) -> list[T]:
    """Call several functions that send requests to the cloud, at most ``most`` at the same time.

    Return their results in the same order. If functions raise an exception, raise the exception of the first of these
    functions in the list, after all calls that were started have ended. ``calls`` can be an iterator that reads from
    the cloud itself. One thread at a time uses the iterator, while the other threads call functions.
    """
    results: dict[int, T] = {}
    errors: dict[int, BaseException] = {}
    waiting = iter(enumerate(calls))
    taken = 0
    lock = threading.Lock()

    def following() -> tuple[int, Callable[[], T]] | None:
        nonlocal taken
        with lock:
            try:
                chosen = None if errors else next(waiting, None)
            except Exception as error:  # noqa: BLE001  # the caller's thread raises it
                errors[taken] = error
                return None
            taken += 1
            return chosen

    def work() -> None:
        while (chosen := following()) is not None:
            number, call = chosen
            try:
                results[number] = call()
            except Exception as error:  # noqa: BLE001  # the caller's thread raises it
                errors[number] = error

    # Daemon threads do not delay the end of the process after Ctrl-C. An executor of concurrent.futures would.
    number_of_threads = min(most, len(calls)) if isinstance(calls, Sized) else most
    threads = [threading.Thread(target=work, daemon=True) for _ in range(number_of_threads - 1)]
    for thread in threads:
        thread.start()
    work()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[min(errors)]
    return [results[number] for number in sorted(results)]
