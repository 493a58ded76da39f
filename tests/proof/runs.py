# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a playbook as a user does. Read its result as a pipeline does."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).parents[2]
PLAYBOOKS = ROOT / "playbooks"
# This is the ansible-playbook of the environment that runs the proof.
ANSIBLE_PLAYBOOK = str(Path(sys.executable).with_name("ansible-playbook"))
# A row fails if its run takes more than this number of seconds.
TIMEOUT_SECONDS = 240.0
_STATS = re.compile(r"^\s*RUN: (\{.*\})$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Result:
    """The exit code and the output of a playbook, and the result that the playbook set with set_stats."""

    exit_code: int
    seconds: float
    output: str
    facts: dict[str, Any]
    report: Path

    @property
    def outcome(self) -> str:
        return str(self.facts.get("outcome", "no result"))

    @property
    def reason(self) -> str:
        """The reason in the result, without the id of the run in the names of servers."""
        run_id = self.facts.get("run_id", "")
        return str(self.facts.get("reason", self.output[-500:])).replace(f"migration-cycle-{run_id}-", "server ")

    @property
    def migrations(self) -> list[dict[str, Any]]:
        return list(self.facts.get("migrations", []))

    @property
    def lag(self) -> float | None:
        """The seconds between Nova's last update of a migration record and the outcome.

        Nova stores whole seconds. Therefore the true value is up to 1 s smaller.
        """
        lags = [
            (
                datetime.fromisoformat(migration["concluded"])
                - datetime.fromisoformat(f"{migration['record']['updated']}+00:00")
            )
            for migration in self.migrations
            if migration.get("concluded") and (migration.get("record") or {}).get("updated")
        ]
        return max((lag.total_seconds() for lag in lags), default=None)


class Run:
    """A playbook that runs in the background."""

    def __init__(
        self,
        playbook: str,
        result_keys: Sequence[str],
        environment: Mapping[str, str],
        inputs: Mapping[str, Any],
        report: Path,
        log: Path,
    ) -> None:
        """Start the playbook. ``result_keys`` is the path to the result in the custom statistics."""
        self._started = time.monotonic()
        self._result_keys = result_keys
        self._report = report
        self._log = log
        with log.open("w", encoding="utf-8") as out:
            self._process = subprocess.Popen(
                [ANSIBLE_PLAYBOOK, playbook, "-e", json.dumps(dict(inputs))],
                cwd=PLAYBOOKS,
                env={**os.environ, **environment, "ANSIBLE_SHOW_CUSTOM_STATS": "true", "ANSIBLE_NOCOLOR": "true"},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def wait_until(self, poll: Callable[[], Any], condition: str, timeout: float = 60) -> Any:
        """Call ``poll`` until it returns a true value, and return this value.

        Fail after ``timeout`` seconds. Also fail if the run ends.
        """
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline and not self.ended:
            found = poll()
            if found:
                return found
            time.sleep(0.1)
        raise AssertionError(f"the run did not reach: {condition}\n{self.output[-3000:]}")

    def wait_for_task(self, name: str, timeout: float = 60) -> None:
        """Wait until the playbook starts the task of this name. Fail at once if no role has such a task."""
        files = (ROOT / "roles").glob("*/tasks/*.yml")
        assert any(f"- name: {name}\n" in path.read_text(encoding="utf-8") for path in files), f"no task {name!r}"
        self.wait_until(lambda: f": {name}" in self.output, name, timeout)

    def kill(self) -> None:
        """Send SIGKILL to the run and all its children. A killed run cannot clean up."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def result(self, timeout: float = TIMEOUT_SECONDS) -> Result:
        """Wait until the run has ended. Return its result."""
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the run took more than {timeout:.0f} s\n{self.output[-3000:]}") from None
        output = self.output
        stats = _STATS.search(output)
        facts = json.loads(stats.group(1)) if stats else {}
        for key in self._result_keys:
            facts = facts.get(key, {})
        return Result(code, round(time.monotonic() - self._started, 1), output, facts, self._report)
