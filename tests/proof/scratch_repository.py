# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A git repository with the source of Nova, in which one of ten commits breaks live migration."""

from __future__ import annotations

import ast
import configparser
import os
import shutil
import subprocess
from pathlib import Path

from ansible_collections.stackproof.migration.tests.proof.runs import ANSIBLE_PLAYBOOK, PLAYBOOKS, ROOT

FAULT = ROOT / "roles" / "local_cloud" / "files" / "faults" / "bug-1718455.py"
SCHEDULER = "nova/scheduler/manager.py"
# The commits append a comment to these files. The bad commit is the sixth one.
GOOD_COMMITS = (
    "nova/scheduler/weights/ram.py",
    "nova/compute/claims.py",
    "nova/scheduler/filters/compute_filter.py",
    "nova/conductor/tasks/live_migrate.py",
    "nova/scheduler/host_manager.py",
    SCHEDULER,
    "nova/compute/resource_tracker.py",
    "nova/scheduler/weights/disk.py",
    "nova/scheduler/filters/all_hosts_filter.py",
)
BAD_COMMIT = 6
BAD_SUBJECT = "scheduler: simplify the number of requested instances"


def git(repository: Path, *arguments: str) -> str:
    """Run git and return its output."""
    identity = {
        f"GIT_{who}_{what}": "proof@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    # The script of the bisection finds ansible-playbook and the collection with these variables.
    ansible = {
        "PATH": os.pathsep.join([str(Path(ANSIBLE_PLAYBOOK).parent), os.environ["PATH"]]),
        "ANSIBLE_COLLECTIONS_PATH": str(PLAYBOOKS / "collections"),
    }
    command = ["git", *arguments]
    done = subprocess.run(
        command,
        cwd=repository,
        env={**os.environ, **identity, **ansible},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


def create(folder: Path, environment: Path) -> None:
    """Create the repository from the package of Nova in the virtual environment of a cloud."""
    (packages,) = environment.glob("lib/python*/site-packages")
    ignored = shutil.ignore_patterns("tests", "__pycache__", "locale")
    shutil.copytree(packages / "nova", folder / "nova", ignore=ignored)
    shutil.copytree(environment / "etc" / "nova", folder / "etc" / "nova")
    (metadata,) = packages.glob("nova-*.dist-info")
    _write_setup_cfg(metadata / "entry_points.txt", folder / "setup.cfg")
    git(folder, "init", "--quiet", "--initial-branch=main")
    _commit(folder, "import Nova")
    for number, path in enumerate(GOOD_COMMITS, start=1):
        if number == BAD_COMMIT:
            _undo_fix(folder)
        with (folder / path).open("a", encoding="utf-8") as file:
            file.write(f"\n# {number}\n")
        _commit(folder, f"comment in {path}")


def _undo_fix(folder: Path) -> None:
    """Commit the same change of Nova that the fault for tests makes."""
    # The file of a fault runs only in the environment of Nova.
    assignments = [node for node in ast.parse(FAULT.read_text(encoding="utf-8")).body if isinstance(node, ast.Assign)]
    values = {ast.unparse(node.targets[0]): node.value for node in assignments}
    old, new = (ast.literal_eval(values[name]) for name in ("OLD", "NEW"))
    source = (folder / SCHEDULER).read_text(encoding="utf-8")
    assert source.count(old) == 1
    (folder / SCHEDULER).write_text(source.replace(old, new), encoding="utf-8")
    _commit(folder, BAD_SUBJECT)


def _commit(folder: Path, subject: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", subject)


def _write_setup_cfg(entry_points: Path, target: Path) -> None:
    """Write the entry points in the form of setup.cfg."""
    parser = configparser.RawConfigParser(delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign] # the names keep their case
    parser.read(entry_points, encoding="utf-8")
    lines = ["[metadata]", "name = nova", "", "[entry_points]"]
    for group in parser.sections():
        lines += [f"{group} =", *(f"    {name} = {value}" for name, value in parser.items(group))]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
