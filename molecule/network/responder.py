#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a TCP service that does not respond for some time, as a server does during its downtime.

usage: responder.py FILE AFTER SECONDS

The service writes its port to FILE and ends when the file is deleted. Its downtime starts AFTER seconds after the first
connection. If AFTER is -1, the service never responds.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import time
from pathlib import Path

PATIENCE_SECONDS = 900


def serve(listener: socket.socket, file: Path, after: float, seconds: float) -> None:
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
