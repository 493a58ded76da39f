# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test one commit for ``git bisect run``: run the playbook regression on a local cloud with a source tree.

The exit code is that of ``git bisect run``: 0 if the outcome is passed, 1 if it is failed, and 125 (skip this commit)
for each other outcome. With 129 and 130, git stops the bisection.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

GOOD, BAD, SKIP, USAGE, INTERRUPTED = 0, 1, 125, 129, 130
PASSED, FAILED, NO_REPORT = "passed", "failed", "error (no report)"
PLAYBOOKS = "stackproof.migration"
# Roles that the playbook regression runs, and the reports that they write. Each report has the key outcome.
ROLES = ("migration_cycle", "migration_scenarios", "migration_coverage")
REPORTS = ("evidence.json", "scenarios.json", "coverage.json")
# The local cloud prints this text if a database has newer tables than the source tree.
NEWER_TABLES = "may have newer tables than the source tree"
# The commit is tested on the local cloud, also if these variables name another cloud.
CLOUD_VARIABLES = ("OS_CLOUD", "OS_AUTH_URL")


def exit_code_of(outcomes: Iterable[str]) -> int:
    """Return the exit code for the outcomes of all reports."""
    found = set(outcomes)
    if FAILED in found:
        return BAD
    return GOOD if found == {PASSED} else SKIP


def outcomes_in(folder: Path) -> list[str]:
    """Return the outcome of each report in a folder."""
    reports = (path for name in REPORTS for path in sorted(folder.glob(f"**/{name}")))
    return [str(json.loads(path.read_text(encoding="utf-8")).get("outcome")) for path in reports]


def variables_of(service: str, tree: Path, reports: Path) -> dict[str, object]:
    """Return the variables of the playbook."""
    folders = {f"{role}_report_dir": f"{reports}/{{run_id}}" for role in ROLES}
    return {"regression_local": True, "local_cloud_sources": {service: str(tree)}, **folders}


def run(command: Sequence[str]) -> str:
    """Run a command, show its output, and return the output."""
    environment = {name: value for name, value in os.environ.items() if name not in CLOUD_VARIABLES}
    lines = []
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode in {INTERRUPTED, -signal.SIGINT}:
        raise KeyboardInterrupt
    return " ".join(" ".join(lines).split())


def run_regression(playbook: str, variables: Mapping[str, object], more: Sequence[str], reports: Path) -> list[str]:
    """Run the playbook regression, and return the outcomes. With too new tables, repeat the run in a new cloud."""
    regression = [playbook, f"{PLAYBOOKS}.regression", "-e", json.dumps(variables), *more]
    said = run(regression)
    if NEWER_TABLES in said and not outcomes_in(reports):
        run([playbook, f"{PLAYBOOKS}.local_cloud", *more, "-e", "local_cloud_state=absent"])
        run(regression)
    return outcomes_in(reports)


class Parser(argparse.ArgumentParser):
    """The parser of the arguments."""

    def error(self, message: str) -> NoReturn:
        """End with an exit code that stops the bisection. With the usual exit code 2, the commit would be bad."""
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def parser() -> Parser:
    made = Parser(
        description=(__doc__ or "").partition("\n")[0], usage="%(prog)s [options] [-- ansible-playbook option ...]"
    )
    made.add_argument("--service", default="nova", help="the service of the source tree (default: %(default)s)")
    made.add_argument("--tree", default=".", type=Path, help="the source tree (default: the present folder)")
    made.add_argument("--reports", default=default_reports(), type=Path, help="the folder of the reports (%(default)s)")
    made.add_argument("options", nargs="*", metavar="option", help="options of ansible-playbook, such as -e @cloud.yml")
    return made


def default_reports() -> Path:
    """Return a folder outside of the source tree."""
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return state / "stackproof" / "migration" / "bisect"


def name_of_run(tree: Path) -> str:
    """Return the short name of the commit with the present time."""
    command = ["git", "-C", str(tree), "describe", "--always", "--dirty"]
    commit = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return f"{commit or 'no-commit'}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"


def main(argv: Sequence[str]) -> int:
    """Test the commit and return the exit code."""
    arguments = parser()
    given = arguments.parse_args(argv)
    tree = given.tree.resolve()
    if not (tree / given.service / "__init__.py").is_file():
        arguments.error(f"{tree} is no source tree of {given.service}. Set --service and --tree.")
    playbook = shutil.which("ansible-playbook")
    if playbook is None:
        arguments.error("ansible-playbook is not in the PATH. Activate the environment in which Ansible is installed.")
    reports = given.reports.resolve() / name_of_run(tree)
    try:
        outcomes = run_regression(playbook, variables_of(given.service, tree, reports), given.options, reports)
    except KeyboardInterrupt:
        return INTERRUPTED
    code = exit_code_of(outcomes)
    where = f", reports in {reports}" if outcomes else ""
    print(f"{given.service}: {', '.join(outcomes) or NO_REPORT}, exit code {code}{where}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
