# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action, tested with small programs."""

from __future__ import annotations

import multiprocessing
import os
import select
import signal
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible.errors import AnsibleActionFail
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar
from ansible_collections.stackproof.migration.plugins.action.progress_command import ARGUMENT_SPEC, ActionModule
from ansible_collections.stackproof.migration.plugins.modules import progress_command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def action(code: str, order: dict[str, Any] | None = None, *, check: bool = False, program: str = "") -> ActionModule:
    """Return the action, which runs a Python program."""
    task = Task()
    task.action = "stackproof.migration.progress_command"
    task.args = {"argv": [program or sys.executable, "-c", f"import json, sys\n{code}"], "order": order or {}}
    task.check_mode = check
    context, loader = PlayContext(), DataLoader()
    return ActionModule(task, connection_loader.get("local", context), context, loader, Templar(loader), None)


class Pipe:
    """A named pipe.

    One process writes into the pipe. Another process waits for the data.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)
        # With O_RDWR, this process does not wait for the other process, neither here nor in a write.
        self._file = path.open("r+b", buffering=0)
        self.close = self._file.close

    def write(self) -> None:
        self._file.write(b"!")

    def written(self, *, within: float) -> bool:
        """Return whether the other process writes within this number of seconds."""
        return bool(select.select([self._file], [], [], within)[0])


@pytest.fixture
def pipes(tmp_path: Path) -> Iterator[tuple[Pipe, Pipe]]:
    both = Pipe(tmp_path / "begun"), Pipe(tmp_path / "gone")
    yield both
    for one in both:
        one.close()


def test_options_match_the_documentation() -> None:
    documented = yaml.safe_load(progress_command.DOCUMENTATION)["options"]
    for option in documented.values():
        del option["description"]
    assert documented == ARGUMENT_SPEC


def test_displays_progress_and_returns_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    code = """
order = json.loads(sys.stdin.readline())
for number in range(order["count"]):
    print("step", number, file=sys.stderr, flush=True)
print(json.dumps({"changed": True, "told": order, "warnings": ["count carefully"]}))
"""
    order = {"count": 3, "name": "zażółć"}
    # Ansible shows the warnings in the result of an action
    answer = {"changed": True, "told": order, "warnings": ["count carefully"]}
    assert action(code, order).run(task_vars={}) == answer
    assert capsys.readouterr().out.splitlines() == ["  step 0", "  step 1", "  step 2"]


def test_displays_progress_while_the_program_runs(pipes: tuple[Pipe, Pipe], monkeypatch: pytest.MonkeyPatch) -> None:
    seen, _unused = pipes
    code = f"""
import os, select
print("begun", file=sys.stderr, flush=True)
pipe = os.open({str(seen.path)!r}, os.O_RDONLY | os.O_NONBLOCK)
print(json.dumps({{"seen": bool(select.select([pipe], [], [], 10)[0])}}))
"""
    module = action(code)
    monkeypatch.setattr(module._display, "display", lambda _text: seen.write())
    assert module.run(task_vars={}) == {"seen": True}


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("", {}),
        ("print('done')", {"stdout": "done\n"}),
        ("print([1])", {"stdout": "[1]\n"}),
        ("print(json.dumps({'failed': True, 'msg': 'no'}))", {"failed": True, "msg": "no"}),
        ("print(json.dumps({'msg': 'disk full'})); sys.exit(1)", {"failed": True, "msg": "disk full"}),
        ("print(json.dumps({'text': 'x' * 300_000}))", {"text": "x" * 300_000}),
        (
            "for n in range(9): print(f'line {n}', file=sys.stderr)\nprint('half'); sys.exit(4)",
            {"failed": True, "stdout": "half\n", "msg": "exit code 4. line 4 line 5 line 6 line 7 line 8"},
        ),
        ("sys.exit(3)", {"failed": True, "msg": "exit code 3. The program wrote nothing to standard error."}),
        ("import os; os.kill(os.getpid(), 9)", {"failed": True, "msg": "ended with exit code -9."}),
        (r"sys.stderr.buffer.write(b'bad \xff byte\n'); print('{}')", {}),
    ],
    ids=[
        "nothing",
        "no JSON",
        "no object",
        "failure without exit code",
        "failure",
        "more than a pipe holds",
        "failure and no JSON",
        "silent failure",
        "killed",
        "no UTF-8",
    ],
)
def test_fails_with_the_end_of_standard_error(code: str, result: dict[str, Any]) -> None:
    found = action(code).run(task_vars={})
    if "msg" in result:
        assert result["msg"] in found.pop("msg")
    assert found == {name: value for name, value in result.items() if name != "msg"}


def test_accepts_more_output_than_a_pipe_holds() -> None:
    code = "print('x' * 300_000, flush=True); print('y' * 300_000, file=sys.stderr, flush=True); print('z' * 300_000)"
    assert len(action(code).run(task_vars={})["stdout"]) == 600_002


def test_accepts_a_program_that_does_not_read_its_order() -> None:
    found = action("sys.stdin.close(); sys.exit(2)", {"text": "x" * 300_000}).run(task_vars={})
    assert found["failed"] is True
    assert "exit code 2" in found["msg"]


def test_error_for_a_missing_program() -> None:
    with pytest.raises(AnsibleActionFail, match=r"Cannot run /no/such/program: .*No such file"):
        action("", program="/no/such/program").run(task_vars={})


def test_check_mode_runs_nothing(tmp_path: Path) -> None:
    found = action(f"open({str(tmp_path / 'ran')!r}, 'w')", check=True).run(task_vars={})
    assert found["skipped"] is True
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_standard_input_of_the_program_ends_with_ansible(pipes: tuple[Pipe, Pipe], number: signal.Signals) -> None:
    begun, gone = pipes
    code = f"""
sys.stdin.readline()
print("begun", file=open({str(begun.path)!r}, "w"), flush=True)
assert sys.stdin.read() == ""
print("gone", file=open({str(gone.path)!r}, "w"), flush=True)
"""
    caller = multiprocessing.get_context("fork").Process(target=action(code).run, kwargs={"task_vars": {}})
    caller.start()
    assert caller.pid is not None
    assert begun.written(within=20)
    assert not gone.written(within=0)
    os.kill(caller.pid, number)
    assert gone.written(within=20)
    caller.join()
