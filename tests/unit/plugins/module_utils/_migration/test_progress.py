# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock
from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import (
    Conclusion,
    MigrationPlan,
    Observation,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.progress import Progress, line
from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import (
    MonitorState,
    TrackedMigration,
)
from ansible_collections.stackproof.migration.plugins.modules import server_live_migrate

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud


def one(
    status: str | None = None, outcome: str | None = None, *, is_started: bool = True, **more: Any
) -> TrackedMigration:
    return TrackedMigration(
        MigrationPlan("s", "probe"),
        Observation(record={"status": status} if status else None),
        Conclusion(outcome, "") if outcome else None,
        MonitorState(is_started=is_started, **more),
    )


def test_line_counts_all_states() -> None:
    tracked = [
        one(outcome="completed"),
        one(outcome="unchanged"),
        one(outcome="failed"),
        one("running"),
        one("queued"),
        one(),
        one(is_started=False),
    ]
    assert line(tracked, 90) == "2 of 7 done, 1 running, 2 queued, 1 waiting, 1 failed; 90 s, 2.0 per minute"
    assert line(tracked[3:], 20) == "0 of 4 done, 1 running, 2 queued, 1 waiting, 0 failed; 20 s, none ended"


def test_writes_a_line_every_ten_seconds() -> None:
    now = [0.0]
    said: list[str] = []
    progress = Progress(Clock(lambda: now[0], lambda _seconds: None), said.append)
    for now[0] in (0.0, 9.9, 10.0, 12.0, 19.9, 20.5):
        progress.update([one()])
    assert [words.partition("; ")[2] for words in said] == ["10 s, none ended", "20 s, none ended"]


def test_module_writes_progress_while_it_runs(run: Run, fake: FakeCloud, tmp_path: Path) -> None:
    for number in range(6):
        fake.add_server(f"probe-{number}")
    path = tmp_path / "progress"
    names = [f"probe-{number}" for number in range(6)]
    run(server_live_migrate, servers=names, max_parallel=1, progress_file=str(path))
    done = [words.partition(" of 6 done, ")[0] for words in path.read_text().splitlines()]
    # The migrations run in sequence, and each needs some seconds. The module writes a line every 10 s.
    assert done == ["1", "3", "4"]
