# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.evidence import build
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.files import local_cloud_faults
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.replay import fault_of, replay
from ansible_collections.stackproof.migration.tests.browser.evidence import sample
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import cycles

ROOT = Path(__file__).parents[5]
FAULTS = local_cloud_faults()


def failed(**migration: Any) -> dict[str, Any]:
    cycle = cycles.failed(cycles.migration(**{"outcome": "failed", **migration}))
    return build(cycle, collection="1.0.0", ended="2026-04-01T10:00:12.000+00:00")


def variables(evidence: dict[str, Any]) -> dict[str, Any]:
    (play,) = yaml.safe_load(replay(evidence, faults=FAULTS))
    return dict(play["vars"])


def test_has_hosts_size_and_inputs_of_the_run() -> None:
    found = variables(sample("failed"))
    assert found["local_cloud_hosts"] == 2
    assert found["local_cloud_flavors"] == [{"name": "replay", "vcpus": 1, "ram": 64, "disk": 1}]
    assert (found["migration_cycle_count"], found["migration_cycle_migrate_count"]) == (2, 1)
    assert found["migration_cycle_block_migration"] == "auto"
    assert found["migration_cycle_target"] == "other"
    # The local cloud does not have the image and the network that the other cloud has.
    assert "migration_cycle_image" not in found


def test_has_the_fault_of_a_known_bug() -> None:
    assert variables(sample("failed"))["local_cloud_faults"] == ["bug-1718455"]
    assert "causes the same symptom as in the failed run" in replay(sample("failed"), faults=FAULTS)


def test_comment_states_that_no_fault_fits() -> None:
    found = failed()
    assert "local_cloud_faults" not in variables(found)
    assert "whether the run also fails" in replay(found, faults=FAULTS)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("scheduler", "scheduler"),
        ("other", "other"),
        ("compute2", "compute2"),
        ("elsewhere", "other"),
        ("", "scheduler"),
    ],
)
def test_uses_the_host_at_the_same_position(target: str, expected: str) -> None:
    found = failed()
    found["inputs"]["target"] = target
    assert variables(found)["migration_cycle_target"] == expected


def test_runs_guests_if_the_run_read_consoles() -> None:
    found = failed()
    found["inputs"]["verify_guest"] = "console"
    replayed = variables(found)
    assert (replayed["local_cloud_hypervisor"], replayed["migration_cycle_verify_guest"]) == ("libvirt", "console")
    assert "local_cloud_flavors" not in replayed


@pytest.mark.parametrize(
    "changes",
    [{"outcome": "passed"}, {"migrations": []}, {"hosts": {"before": None, "after": None}}],
    ids=["passed", "nothing migrated", "hosts not visible"],
)
def test_writes_no_replay_if_the_run_cannot_be_repeated(changes: dict[str, Any]) -> None:
    assert replay({**sample("failed"), **changes}, faults=FAULTS) == ""


RUNNING = [{"status": "running", "seen": "2026-04-01T10:00:06.100+00:00"}]


def event(name: str) -> dict[str, Any]:
    return {"event": name, "result": "Error", "start": None, "finish": None, "host": None, "details": None}


@pytest.mark.parametrize(
    ("fault", "migration"),
    [
        ("allocation-kept", {"checks": [cycles.check("migration_allocations", [], ["compute1"], ok=False)]}),
        ("completed-but-stayed", {"checks": [cycles.check("server_host", "compute2", "compute1", ok=False)]}),
        ("precheck-raises", {"events": [event("compute_check_can_live_migrate_destination")]}),
        (
            "error-after-switch",
            {
                "server": cycles.server(1, "compute2", status="ERROR"),
                "events": [event("compute_post_live_migration_at_destination")],
            },
        ),
        ("copy-fails", {"record": {"status": "failed"}, "history": RUNNING}),
        ("never-ends", {"outcome": "timeout", "record": {"status": "running"}, "history": RUNNING}),
        ("", {"record": {"status": "error"}, "history": []}),
    ],
)
def test_recognizes_the_symptom_of_a_fault(fault: str, migration: dict[str, Any]) -> None:
    assert fault_of(failed(**migration), FAULTS) == fault


def test_names_only_existing_faults() -> None:
    assert fault_of(sample("failed"), []) == ""
    assert fault_of({**sample("failed"), "reason": "This is bug 999999."}, FAULTS) == ""


@pytest.mark.parametrize("command", [("ansible-playbook", "--syntax-check"), ("ansible-lint", "--offline", "-q")])
def test_playbook_is_valid(tmp_path: Path, command: tuple[str, ...]) -> None:
    playbook = tmp_path / "replay.yml"
    playbook.write_text(replay(sample("failed"), faults=FAULTS), encoding="utf-8")
    program = Path(sys.executable).parent / command[0]
    environment = {
        **os.environ,
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "playbooks/collections"),
        "NO_COLOR": "1",
    }
    done = subprocess.run(  # a program of the environment that runs the tests
        [str(program), *command[1:], playbook.name],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
