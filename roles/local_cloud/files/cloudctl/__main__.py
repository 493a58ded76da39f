# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line ``python cloudctl start|stop|remove|check-pythons|check-upgrade|migrate-data``.

The program reads its settings as one line of JSON from standard input, and writes its result as JSON to standard
output.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from pathlib import Path

if __package__ in {None, ""}:  # Python runs this file by its path, not as a module of a package
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cloudctl.errors import CloudError
from cloudctl.lifecycle import Cloud
from cloudctl.settings import Settings


def print_progress(text: str) -> None:
    """Print a line of progress."""
    print(text, file=sys.stderr, flush=True)


def watch_caller(cancelled: threading.Event) -> None:
    """Cancel the command when the Ansible module that started it has ended."""

    def wait_for_end() -> None:
        while sys.stdin.readline():
            pass
        cancelled.set()

    threading.Thread(target=wait_for_end, daemon=True).start()


def main() -> int:
    """Run the action of the command line, and return the exit code."""
    parser = argparse.ArgumentParser(prog="cloudctl", description="Start, stop, remove or upgrade a local cloud.")
    parser.add_argument("action", choices=("start", "stop", "remove", "check-pythons", "check-upgrade", "migrate-data"))
    action = parser.parse_args().action
    # Python starts programs faster if it may store compiled files.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    order = sys.stdin.readline()
    cancelled = threading.Event()
    watch_caller(cancelled)
    try:
        cloud = Cloud(Settings.from_json(order), print_progress, cancelled)
        result = {
            "start": cloud.start,
            "stop": cloud.stop,
            "remove": cloud.remove,
            "check-pythons": cloud.check_pythons,
            "check-upgrade": cloud.check_upgrade,
            "migrate-data": cloud.migrate_data,
        }[action]()
    except CloudError as error:
        print(json.dumps({"msg": str(error)}))
        return 1
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
