# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a program on the controller and show its progress."""

from __future__ import annotations

import contextlib
import json
import subprocess
import tempfile
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

if TYPE_CHECKING:
    from collections.abc import Sequence

LAST_LINES = 5
ARGUMENT_SPEC = {
    "argv": {"type": "list", "elements": "str", "required": True},
    "order": {"type": "dict", "default": {}},
}


class ActionModule(ActionBase):
    """The action plugin of the module progress_command."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _result, options = self.validate_argument_spec(argument_spec=ARGUMENT_SPEC)  # type: ignore[no-untyped-call]  # not annotated
        if self._task.check_mode:
            return {
                **result,
                "skipped": True,
                "msg": "The program does not run in check mode.",
            }
        code, answer, last_lines = self._communicate(options["argv"], options["order"])
        result.update(answer)
        if code != 0:
            result["failed"] = True
            output = " ".join(last_lines) or "The program wrote nothing to standard error."
            result.setdefault("msg", f"{' '.join(options['argv'])} ended with exit code {code}. {output}")
        return result

    def _communicate(self, argv: Sequence[str], order: dict[str, Any]) -> tuple[int, dict[str, Any], list[str]]:
        """Run the program, and return its exit code, its answer and the last lines of its errors.

        When Ansible ends, it closes the standard input of the program, and the program stops.
        """
        lines: list[str] = []
        # The program writes its answer to a file, because a full pipe would block the program.
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as answer:
            try:
                process = subprocess.Popen(
                    argv,
                    stdin=subprocess.PIPE,
                    stdout=answer,
                    stderr=subprocess.PIPE,
                    encoding="utf-8",
                    errors="replace",
                )
            except OSError as error:
                msg = f"Cannot run {argv[0]}: {error}"
                raise AnsibleActionFail(msg) from error
            with process:
                if process.stdin is None or process.stderr is None:
                    raise AssertionError("Popen returns the requested pipes")
                with contextlib.suppress(BrokenPipeError):  # the program may end before it reads its order
                    process.stdin.write(json.dumps(order) + "\n")
                    process.stdin.flush()
                for line in process.stderr:
                    lines.append(line.rstrip())
                    self._display.display(f"  {line.rstrip()}")
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()
            answer.seek(0)
            return process.returncode, _parsed(answer.read()), lines[-LAST_LINES:]


def _parsed(answer: str) -> dict[str, Any]:
    """Parse the JSON answer of the program. Return any other text under the key stdout."""
    try:
        parsed = json.loads(answer or "{}")
    except ValueError:
        return {"stdout": answer}
    return parsed if isinstance(parsed, dict) else {"stdout": answer}
