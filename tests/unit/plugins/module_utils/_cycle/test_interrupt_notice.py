# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess
import sys

import pytest
from ansible_collections.stackproof.migration.plugins.filter.run_label import FilterModule
from ansible_collections.stackproof.migration.plugins.module_utils._cycle import interrupt_notice

run_label = FilterModule().filters()["run_label"]


@pytest.mark.parametrize(
    ("cloud", "command"),
    [
        (
            "my cloud",
            """-a '{"cloud": "my cloud", "state": "absent", "metadata": {"stackproof_run": "r1"}}'""",
        ),
        ("", """-a '{"state": "absent", "metadata": {"stackproof_run": "r1"}}'"""),
        ({"auth": {"password": "secret"}}, """-a '{"state": "absent", "metadata": {"stackproof_run": "r1"}}'"""),
    ],
)
def test_notice_has_the_command_that_deletes_the_servers(cloud: object, command: str) -> None:
    notice = interrupt_notice.notice_of("r1", cloud)
    assert notice.endswith(f"ansible localhost -m stackproof.migration.server_batch {command}\n")
    assert "secret" not in notice


def test_notice_of_scenarios_deletes_more_than_servers() -> None:
    notice = interrupt_notice.notice_of("scenarios-1", "mycloud", scenarios=True)
    options = """-a '{"cloud": "mycloud", "state": "absent", "run_ids": ["scenarios-1"]}'"""
    assert notice.endswith(f"ansible localhost -m stackproof.migration.migration_scenarios {options}\n")
    assert "The next run of scenarios on this cloud deletes what remains. To delete it now:" in notice


def test_process_that_exits_during_a_run_prints_a_notice() -> None:
    """The notice does not name a run that has ended."""
    code = (
        f"import sys; sys.path[:0] = {sys.path!r}\n"
        f"from {interrupt_notice.__name__} import start_run, end_run\n"
        "start_run('first', 'mycloud'); start_run('second', 'mycloud'); end_run('first'); sys.exit(99)"
    )
    ran = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, check=False)
    assert ran.returncode == 99
    assert "Run second was interrupted." in ran.stderr
    assert "first" not in ran.stderr


def test_filter_returns_the_run_id() -> None:
    assert run_label("r1", cloud="mycloud") == "r1"
    assert list(interrupt_notice._open_runs) == ["r1"]
    assert run_label("r1", ended=True) == "r1"
    assert interrupt_notice._open_runs == {}
