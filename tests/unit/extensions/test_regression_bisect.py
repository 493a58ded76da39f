# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script for ``git bisect run``, with git and a program ansible-playbook that writes reports."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "extensions" / "bisect" / "regression_bisect.py"
spec = importlib.util.spec_from_file_location("regression_bisect", SCRIPT)
assert spec is not None
assert spec.loader is not None
bisect = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bisect)

# The outcome of a run is the content of a file in the source tree.
PLAYBOOK = """#!{python}
import json, os, pathlib, sys
arguments = sys.argv[1:]
log = pathlib.Path(os.environ["PLAYBOOK_LOG"])
with log.open("a") as out:
    out.write(json.dumps([arguments, os.environ.get("OS_CLOUD")]) + "\\n")
if arguments[0].endswith(".local_cloud"):
    sys.exit(0)
variables = json.loads(arguments[arguments.index("-e") + 1])
tree = pathlib.Path(variables["local_cloud_sources"]["nova"])
outcome = (tree / "outcome").read_text().strip()
if outcome == "newer tables" and len(log.read_text().splitlines()) == 1:
    print("fatal: The database of nova may have newer tables\\n    than the source tree " + str(tree))
    sys.exit(2)
if outcome == "no report":
    sys.exit(2)
if outcome == "interrupted":
    sys.exit(130)
report = pathlib.Path(variables["migration_cycle_report_dir"].format(run_id="run"))
report.mkdir(parents=True)
(report / "evidence.json").write_text(json.dumps({{"outcome": outcome.replace("newer tables", "passed")}}))
sys.exit(0 if outcome == "passed" else 2)
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which ansible-playbook is the program above."""
    programs = tmp_path / "bin"
    programs.mkdir()
    playbook = programs / "ansible-playbook"
    playbook.write_text(PLAYBOOK.format(python=sys.executable))
    playbook.chmod(0o755)
    return {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "PLAYBOOK_LOG": str(tmp_path / "playbooks.log"),
        "HOME": str(tmp_path),
        "OS_CLOUD": "production",
        "GIT_CONFIG_GLOBAL": os.devnull,
        **{f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }


@pytest.fixture
def tree(tmp_path: Path, environment: dict[str, str]) -> Path:
    folder = tmp_path / "nova-checkout"
    (folder / "nova").mkdir(parents=True)
    (folder / "nova" / "__init__.py").touch()
    git(folder, environment, "init", "-q")
    return folder


def git(tree: Path, environment: dict[str, str], *arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def commit(tree: Path, environment: dict[str, str], number: int, outcome: str) -> None:
    (tree / "number").write_text(str(number))
    (tree / "outcome").write_text(outcome)
    git(tree, environment, "add", "--all")
    git(tree, environment, "commit", "-q", "-m", f"commit {number}")


def run(tree: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        (["passed"], 0),
        (["passed", "passed"], 0),
        (["failed"], 1),
        (["passed", "failed", "inconclusive"], 1),
        (["passed", "inconclusive"], 125),
        (["inconclusive"], 125),
        (["error"], 125),
        (["not_applicable"], 125),
        ([], 125),
    ],
)
def test_exit_code_of_outcomes(outcomes: list[str], code: int) -> None:
    assert bisect.exit_code_of(outcomes) == code


@pytest.mark.parametrize(
    ("outcome", "code", "said"),
    [
        ("passed", 0, "nova: passed, exit code 0, reports in "),
        ("failed", 1, "nova: failed, exit code 1, reports in "),
        ("inconclusive", 125, "nova: inconclusive, exit code 125, reports in "),
        ("no report", 125, "nova: error (no report), exit code 125"),
        ("newer tables", 0, "nova: passed, exit code 0, reports in "),
        # git stops the bisection.
        ("interrupted", 130, ""),
    ],
)
def test_exit_code_of_a_run(tree: Path, environment: dict[str, str], outcome: str, code: int, said: str) -> None:
    commit(tree, environment, 1, outcome)
    done = run(tree, environment, "--", "-e", "@cloud.yml")
    assert done.returncode == code, done.stdout + done.stderr
    assert (done.stdout.splitlines() or [""])[-1].startswith(said)
    # The reports are not in the source tree, because git would refuse to change the commit.
    assert git(tree, environment, "status", "--porcelain") == ""
    calls = Path(environment["PLAYBOOK_LOG"]).read_text()
    assert '"-e", "@cloud.yml"' in calls
    # The run uses the local cloud, although a variable names another cloud.
    assert "production" not in calls
    new_cloud = [
        "stackproof.migration.regression",
        "stackproof.migration.local_cloud",
        "stackproof.migration.regression",
    ]
    names = [line.split('"')[1] for line in calls.splitlines()]
    assert names == (new_cloud if outcome == "newer tables" else new_cloud[:1])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--bogus"], "unrecognized arguments: --bogus"),
        (["--service", "glance"], "is no source tree of glance. Set --service and --tree."),
        (["--tree", "/"], "/ is no source tree of nova."),
    ],
)
def test_wrong_arguments_stop_the_bisection(
    tree: Path, environment: dict[str, str], arguments: list[str], said: str
) -> None:
    done = run(tree, environment, *arguments)
    assert done.returncode == 129
    assert said in done.stderr


def test_missing_ansible_stops_the_bisection(tree: Path, environment: dict[str, str]) -> None:
    done = run(tree, {**environment, "PATH": "/nowhere"})
    assert done.returncode == 129
    assert "ansible-playbook is not in the PATH" in done.stderr


def test_ctrl_c_stops_the_bisection(tree: Path, environment: dict[str, str]) -> None:
    commit(tree, environment, 1, "passed")
    playbook = Path(environment["PATH"].partition(os.pathsep)[0], "ansible-playbook")
    playbook.write_text("#!/bin/sh\necho waits\nexec sleep 60\n")
    command = [sys.executable, str(SCRIPT)]
    with subprocess.Popen(
        command, cwd=tree, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waits\n"
        # A terminal sends the signal to all processes.
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(20) == 130


def test_git_bisect_names_the_commit(tree: Path, environment: dict[str, str]) -> None:
    outcomes = ["passed"] * 5 + ["inconclusive"] + ["failed"] * 4
    outcomes[5:7] = ["failed", "inconclusive"]
    for number, outcome in enumerate(outcomes, start=1):
        commit(tree, environment, number, outcome)
    git(tree, environment, "bisect", "start", "HEAD", "HEAD~9")
    said = git(tree, environment, "bisect", "run", sys.executable, str(SCRIPT))
    assert "is the first bad commit" in said
    assert "    commit 6\n" in said
