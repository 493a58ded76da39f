#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a TCP service that stops responding for some time, as a guest does during its downtime.

responder.py FILE AFTER SECONDS   listen on 127.0.0.1, write the port to FILE, and end when FILE is deleted

AFTER seconds after the first connection, the service stops accepting connections for SECONDS. If AFTER is -1, the
service never accepts a connection. A client then gets no response. The queue of connections is full, and the kernel
drops further requests. The servers of the local cloud have no network. Therefore the tests probe this service instead.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import time
from pathlib import Path

PATIENCE_SECONDS = 900


def serve(listener: socket.socket, file: Path, after: float, seconds: float) -> None:
    """Accept and close connections, except during the downtime."""
    end = time.monotonic() + PATIENCE_SECONDS
    silence: float | None = None
    while file.exists() and time.monotonic() < end:
        if after < 0:
            time.sleep(0.1)
            continue
        with contextlib.suppress(TimeoutError):
            listener.accept()[0].close()
            silence = silence or time.monotonic() + after
        if silence is not None and seconds and time.monotonic() > silence:
            time.sleep(seconds)
            seconds = 0


def main() -> None:
    """Listen until the file is deleted."""
    file, after, seconds = Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    with contextlib.ExitStack() as left, socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
        listener.settimeout(0.01)
        if after < 0:
            for _number in range(4):
                one = left.enter_context(socket.socket())
                one.setblocking(False)
                one.connect_ex(listener.getsockname())
        fresh = file.with_suffix(".new")
        fresh.write_text(str(listener.getsockname()[1]), encoding="utf-8")
        fresh.replace(file)
        serve(listener, file, after, seconds)


if __name__ == "__main__":
    main()
