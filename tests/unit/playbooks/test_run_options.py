"""A playbook fails when the options of ansible-playbook select no task. Without the check, it would report success."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
PLAYBOOKS = sorted((ROOT / "playbooks").glob("*.yml"))
OPTIONS = ("--tags nonsense", "--skip-tags always,untagged", "--start-at-task nonsense", "--limit web1")


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"OS_CLOUD": "missing", "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg")}
    (folder / "inventory").write_text("web1\nweb2\n", encoding="utf-8")
    command = [sys.executable, "-m", "ansible", "playbook", "-i", "inventory", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda path: path.stem)
def test_every_play_checks_the_options(playbook: Path) -> None:
    plays = yaml.safe_load(playbook.read_text(encoding="utf-8"))
    assert [
        play for play in plays if "hosts" in play and "lookup('stackproof.migration.play_hosts'" not in play["hosts"]
    ] == []


@pytest.mark.parametrize("option", OPTIONS)
def test_run_without_a_task_fails(tmp_path: Path, option: str) -> None:
    done = run(tmp_path, str(ROOT / "playbooks" / "regression.yml"), *option.split())
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode not in (0, 2), said
    assert option.split(maxsplit=1)[0] in said
    assert "Run the playbook without" in said
    assert "PLAY [" not in said


def test_playbook_that_imports_a_playbook_may_select_other_plays(tmp_path: Path) -> None:
    site = [
        {"import_playbook": str(ROOT / "playbooks" / "drain.yml"), "tags": ["drain"]},
        {"hosts": "localhost", "gather_facts": False, "tasks": [{"debug": {"msg": "patched"}, "tags": ["patch"]}]},
    ]
    (tmp_path / "site.yml").write_text(yaml.safe_dump(site), encoding="utf-8")
    done = run(tmp_path, "site.yml", "--tags", "patch")
    assert (done.returncode, "patched" in done.stdout) == (0, True), done.stdout + done.stderr
    done = run(tmp_path, "site.yml", "--tags", "drain", "-e", "host_drain_report_dir=")
    assert "host_drain_host must be the name of a compute host" in " ".join((done.stdout + done.stderr).split())
