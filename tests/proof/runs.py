# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A regression run as a user starts it, and what it left behind for machines."""

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
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).parents[2]
PLAYBOOKS = ROOT / "playbooks"
# beside the Python that runs the proof
ANSIBLE_PLAYBOOK = str(Path(sys.executable).with_name("ansible-playbook"))
# Nothing that is proved here takes longer; what does is a failure of its row.
LONGEST_SECONDS = 240.0
_STATS = re.compile(r"^\s*RUN: (\{.*\})$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Result:
    """How a run ended."""

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
        """Why, with what differs from run to run left out."""
        run_id = self.facts.get("run_id", "")
        return str(self.facts.get("reason", self.output[-500:])).replace(f"migration-cycle-{run_id}-", "server ")

    @property
    def migrations(self) -> list[dict[str, Any]]:
        return list(self.facts.get("migrations", []))

    @property
    def lag(self) -> float | None:
        """Seconds between Nova's last word in a migration record and the verdict.

        Nova writes whole seconds, cut off: the truth is up to a second less.
        """
        lags = [
            (datetime.fromisoformat(one["concluded"]) - datetime.fromisoformat(f"{one['record']['updated']}+00:00"))
            for one in self.migrations
            if one.get("concluded") and (one.get("record") or {}).get("updated")
        ]
        return max((lag.total_seconds() for lag in lags), default=None)


class Run:
    """``ansible-playbook regression.yml``, under way."""

    def __init__(self, environment: Mapping[str, str], inputs: Mapping[str, Any], report: Path, log: Path) -> None:
        self._begun = time.monotonic()
        self._report = report
        self._log = log
        with log.open("w", encoding="utf-8") as out:
            self._process = subprocess.Popen(
                [ANSIBLE_PLAYBOOK, "regression.yml", "-e", json.dumps(dict(inputs))],
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

    def until(self, happens: Callable[[], Any], what: str, seconds: float = 60) -> Any:
        """Wait for a moment of the run; what ``happens`` finds, as soon as it finds something."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self.ended:
            found = happens()
            if found:
                return found
            time.sleep(0.1)
        raise AssertionError(f"the run never came to this: {what}\n{self.output[-3000:]}")

    def until_task(self, name: str, seconds: float = 60) -> None:
        self.until(lambda: f": {name}" in self.output, name, seconds)

    def kill(self) -> None:
        """SIGKILL to the run and all that it has started: nothing of it can clean up."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def result(self) -> Result:
        """Wait for its end."""
        try:
            code = self._process.wait(LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the run took more than {LONGEST_SECONDS:.0f} s\n{self.output[-3000:]}") from None
        output = self.output
        stats = _STATS.search(output)
        facts = json.loads(stats.group(1))["migration_cycle"] if stats else {}
        return Result(code, round(time.monotonic() - self._begun, 1), output, facts, self._report)
