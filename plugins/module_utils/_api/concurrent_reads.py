# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Send several read requests at the same time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

# The number of requests that one module sends at the same time.
MOST_READS = 8


def read_concurrently(reads: Sequence[Callable[[], T]], most: int = MOST_READS) -> list[T]:
    """Call several functions that read from the cloud, at most ``most`` at the same time.

    Return their results in the same order. If functions raise an exception, raise the exception of the first of these
    functions in the list, after all calls that were started have ended.
    """
    results: dict[int, T] = {}
    errors: dict[int, BaseException] = {}
    waiting = iter(enumerate(reads))
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                number, read = (len(reads), None) if errors else next(waiting, (len(reads), None))
            if read is None:
                return
            try:
                results[number] = read()
            except Exception as error:  # noqa: BLE001  # the caller's thread raises it
                errors[number] = error

    # Daemon threads do not delay the end of the process after Ctrl-C. An executor of concurrent.futures would.
    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(most, len(reads)) - 1)]
    for thread in threads:
        thread.start()
    work()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[min(errors)]
    return [results[number] for number in range(len(reads))]
