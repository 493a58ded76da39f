# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.unit.roles.local_cloud.toy import eventually
from cloudctl.errors import CancelledError, CloudError, log_tail
from cloudctl.processes import MARKER_VARIABLE, own_processes

if TYPE_CHECKING:
    from pathlib import Path

    from cloudctl.layout import Layout
    from cloudctl.runner import Runner

# The program has a child process, as an installer has.
FAMILY = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_writes_output_to_the_log_and_sets_environment(runner: Runner, layout: Layout) -> None:
    code = f"import os, sys; print(sys.stdin.read(), os.environ['{MARKER_VARIABLE}'], os.environ['EXTRA'])"
    runner.run("hello", python(code), log="hello", text_in="order", extra_env={"EXTRA": "more"})
    log = layout.log_of("hello")
    assert log.read_text() == f"--- hello\norder {layout.top} more\n"
    assert log.stat().st_mode & 0o777 == 0o600


def test_error_has_exit_code_and_end_of_the_log(runner: Runner, layout: Layout) -> None:
    code = "import sys; [print(f'line {number}.') for number in range(99)]; sys.exit(7)"
    with pytest.raises(CloudError) as caught:
        runner.run("counting", python(code), log="count")
    text = str(caught.value)
    assert text.startswith("counting failed with exit code 7.\n")
    assert "line 98." in text
    assert "line 80." not in text
    assert text.endswith(f"Log file: {layout.log_of('count')}")


def test_error_for_a_missing_program(runner: Runner) -> None:
    with pytest.raises(CloudError, match=r"tables cannot be run: .*no-such-program"):
        runner.run("tables", ["no-such-program"], log="tables")


def test_error_for_a_program_that_does_not_read_its_input(runner: Runner) -> None:
    with pytest.raises(CloudError, match="failed with exit code 3"):
        runner.run("deaf", python("raise SystemExit(3)"), log="deaf", text_in="x" * 2**20)


def test_cancellation_ends_the_program_and_its_children(runner: Runner, layout: Layout) -> None:
    def cancel() -> None:
        eventually(lambda: len(own_processes(layout)) == 2)
        runner.cancelled.set()

    thread = threading.Thread(target=cancel)
    thread.start()
    with pytest.raises(CancelledError, match="installing: interrupted"):
        runner.run("installing", python(FAMILY), log="install")
    thread.join()
    eventually(lambda: own_processes(layout) == [])


def test_exception_of_watch_ends_the_program(runner: Runner, layout: Layout) -> None:
    looks: list[int] = []

    def watch() -> None:
        looks.append(1)
        if len(looks) == 3:
            raise CloudError("the service is dead")

    with pytest.raises(CloudError, match="the service is dead"):
        runner.run("waiting", python("import time; time.sleep(60)"), log="wait", watch=watch)
    eventually(lambda: own_processes(layout) == [])


def test_wait_for_ends_with_result_timeout_or_cancellation(runner: Runner) -> None:
    looks = iter([False, False, True])
    runner.wait_for("it", looks.__next__, 10, lambda: "too late")
    with pytest.raises(CloudError, match="too late"):
        runner.wait_for("it", lambda: False, 0, lambda: "too late")
    runner.cancelled.set()
    with pytest.raises(CancelledError, match="it: interrupted"):
        runner.wait_for("it", lambda: False, 10, lambda: "too late")


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (None, "    (no log yet)"),
        (b"", "    (the log is empty)"),
        (b"one\ntwo\nthree\n", "    two\n    three"),
        (b"broken \xff\n", "    broken \N{REPLACEMENT CHARACTER}"),
    ],
)
def test_log_tail_returns_last_lines(tmp_path: Path, content: bytes | None, shown: str) -> None:
    path = tmp_path / "some.log"
    if content is not None:
        path.write_bytes(content)
    assert log_tail(path, lines=2) == shown
