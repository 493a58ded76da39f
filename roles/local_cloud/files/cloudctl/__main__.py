# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python cloudctl start|stop|remove``: settings as one line of JSON on standard input.

Progress goes to standard error, a line at a time; the result is JSON on standard output.
The caller keeps standard input open for as long as it wants the work to go on: when it
goes away, by Ctrl-C or a kill, the end of that stream ends the work at once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from pathlib import Path

if __package__ in {None, ""}:  # started by its path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cloudctl.errors import CloudError
from cloudctl.lifecycle import Cloud
from cloudctl.settings import Settings


def say(text: str) -> None:
    """One line of progress."""
    print(text, file=sys.stderr, flush=True)


def watch_caller(cancelled: threading.Event) -> None:
    """Cancel the work when the caller's end of standard input closes."""

    def wait_for_end() -> None:
        while sys.stdin.readline():
            pass
        cancelled.set()

    threading.Thread(target=wait_for_end, daemon=True).start()


def main() -> int:
    """Do what the command line says; 0 is success, 1 an error told in the result."""
    parser = argparse.ArgumentParser(prog="cloudctl", description="Bring a local cloud into a state.")
    parser.add_argument("action", choices=("start", "stop", "remove"))
    action = parser.parse_args().action
    # What is compiled lies in the cloud's own folder, and its programs start in half of the time.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    order = sys.stdin.readline()
    cancelled = threading.Event()
    watch_caller(cancelled)
    try:
        cloud = Cloud(Settings.from_json(order), say, cancelled)
        result = {"start": cloud.start, "stop": cloud.stop, "remove": cloud.remove}[action]()
    except CloudError as error:
        print(json.dumps({"msg": str(error)}))
        return 1
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
