# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run several commands of a program such as nova-manage with a single import.

Standard input is the JSON that ``Schema.order`` in ``schema.py`` returns.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def run_forked(main: Callable[[], Any], argv: list[str], output: int | None = None) -> int:
    """Run ``main`` with these arguments in a child process, and return the exit code.

    ``output`` is an optional file descriptor for the standard output of the child process.
    """
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        sys.argv = argv
        code = 1
        try:
            if output is not None:
                os.dup2(output, sys.stdout.fileno())
            code = int(main() or 0)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
            if isinstance(ended.code, str):
                print(ended.code, file=sys.stderr)
        except BaseException:  # noqa: BLE001 - the child must end here after any exception
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    # The function waitstatus_to_exitcode does not exist in Python 3.8.
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)


def output_of(main: Callable[[], Any], argv: list[str]) -> str:
    """Run ``main`` and return the text that it prints."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as printed:
        run_forked(main, argv, printed.fileno())
        printed.seek(0)
        return printed.read()


def console_scripts() -> Iterable[importlib.metadata.EntryPoint]:
    """Return the programs of the installed packages."""
    if sys.version_info >= (3, 10):  # noqa: UP036 - the services of the release wallaby run with Python 3.8
        return importlib.metadata.entry_points(group="console_scripts")
    return importlib.metadata.entry_points()["console_scripts"]  # type: ignore[unreachable] # mypy assumes Python 3.11


def main() -> int:
    """Run the commands in order until one fails, and return the exit code of the last command."""
    order = json.load(sys.stdin)
    script = order["script"]
    entry = next(entry for entry in console_scripts() if entry.name == script).load()
    program = str(Path(sys.executable).with_name(script))
    for number, command in enumerate(order["commands"], start=1):
        # The log does not contain the arguments, because they may include a password.
        print(f"{script}: command {number} of {len(order['commands'])}", flush=True)
        if command["check_command"] and command["skip_if_output"] in output_of(
            entry, [program, *command["check_command"]]
        ):
            continue
        code = run_forked(entry, [program, *command["argv"]])
        if code != 0:
            print(f"{script}: command {number} failed with exit code {code}", flush=True)
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
