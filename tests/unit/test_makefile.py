# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of the Makefile, which make prints without running them."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from ansible_collections.stackproof.migration.tests.docs.commands import ROOT

# The caller of the tests may have set these variables of make and of the cloud. They would change the commands.
STRANGE = re.compile(r"^(MAKE|MFLAGS|OS_|ARGS$)")
WANTS_LOCAL = "playbooks/regression.yml -e regression_local=true"


def dry_run(*arguments: str, **environment: str) -> str:
    plain = {name: value for name, value in os.environ.items() if not STRANGE.match(name)}
    return subprocess.run(
        ["make", "--dry-run", *arguments],  # noqa: S607 - any make on the PATH
        cwd=ROOT,
        env=plain | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_regression_without_a_cloud_uses_a_local_cloud() -> None:
    assert WANTS_LOCAL in dry_run("regression")
    # If a variable is given twice, the last value has priority.
    assert f"{WANTS_LOCAL} -e regression_local=auto" in dry_run("regression", "ARGS=-e regression_local=auto")


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        ([], {"OS_CLOUD": "mycloud"}),
        (["OS_CLOUD=mycloud"], {}),
        ([], {"OS_AUTH_URL": "https://example.org"}),
        (["ARGS=-v -e regression_cloud=mycloud"], {}),
    ],
    ids=str,
)
def test_regression_with_a_cloud_uses_no_local_cloud(arguments: list[str], environment: dict[str, str]) -> None:
    told = dry_run("regression", *arguments, **environment)
    assert "playbooks/regression.yml" in told
    assert "regression_local" not in told


def test_clean_keeps_reports() -> None:
    """Reports are evidence, so ``make clean`` does not delete them."""
    removals = [line for line in dry_run("clean").splitlines() if line.lstrip().startswith(("rm ", "find "))]
    assert removals
    assert [line for line in removals if "reports" in line] == []
    helps = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607 - any make on the PATH
    assert re.search(r"^  clean .*reports are kept$", helps, re.MULTILINE)


def test_local_cloud_prints_make_targets_in_a_clone() -> None:
    """LOCAL_CLOUD_COMMANDS is set only for the targets that start the local cloud."""
    database = dry_run("--print-data-base", "help")
    lines = re.findall(r"^(.*)LOCAL_CLOUD_COMMANDS = (.*)$", database, re.MULTILINE)
    assert sorted(lines) == [("regression: ", "make"), ("start: ", "make")]


def test_clean_removes_the_clouds_of_all_tests(tmp_path: Path) -> None:
    """The tests and the benchmark name their clouds. The loop of the target must find all of them."""
    sources = [*(ROOT / "tests").glob("*/*.py"), ROOT / "bench" / "bench_cloud.py"]
    named = re.compile(
        r"""(?:with_name\(f?"|STATE / f?"|"stackproof/migration/)((?:proof|tempest|samples|bench)[^"/]*)\""""
    )
    folders = {re.sub(r"\{[^}]*\}", "kind", name) for path in sources for name in named.findall(path.read_text())}
    assert {"proof", "proof-kind", "tempest-kind", "samples-kind", "bench"} <= folders
    # The function running() gives the folder proof-KIND to the cloud of a fixture.
    kinds = {kind for path in sources for kind in re.findall(r"""\brunning\(\s*f?"([^"]+)\"""", path.read_text())}
    folders |= {re.sub(r"\{[^}]*\}", "kind", f"proof-{kind}") for kind in kinds}
    assert {"proof-ceph", "proof-volumes-kind", "proof-mixed"} <= folders
    state = tmp_path / "stackproof" / "migration"
    for name in folders:
        (state / name).mkdir(parents=True)
    loop = re.search(r"^for cloud in .*?; do", dry_run("clean", XDG_STATE_HOME=str(tmp_path)), re.MULTILINE)
    assert loop
    script = f'{loop[0]} test -d "$cloud" && echo "$cloud"; done; true'
    listed = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout  # noqa: S607 - any sh on the PATH
    assert {state / name for name in folders} <= {Path(line) for line in listed.splitlines()}
