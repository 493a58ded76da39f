# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services run source trees, and a changed file restarts only the programs that have imported it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cloudctl.errors import CloudError
from cloudctl.source_changes import affects, changed_files
from cloudctl.source_trees import SourceTree, is_schema

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.roles.local_cloud.toy import Toy

FILES = Path(__file__).parents[4] / "roles" / "local_cloud" / "files"
PYPROJECT = """
[project]
name = "nova"
[project.scripts]
nova-scheduler = "nova.cmd.scheduler:main"
[project.entry-points."nova.monitors"]
cpu = "nova.monitors.cpu:Monitor"
"""
SETUP_CFG = """
[metadata]
name = nova
[entry_points]
console_scripts =
    nova-scheduler = nova.cmd.scheduler:main
nova.monitors =
    cpu = nova.monitors.cpu:Monitor
"""
ENTRY_POINTS = {"[console_scripts]", "nova-scheduler = nova.cmd.scheduler:main", "[nova.monitors]"}
CODE = {
    "nova/__init__.py": "",
    "nova/utils.py": "",
    "nova/scheduler/__init__.py": "",
    "nova/scheduler/manager.py": "from nova import utils\n",
    "nova/db/main/migrations/versions/one.py": "",
    "nova/tests/test_utils.py": "",
    "etc/nova/api-paste.ini": "[composite:osapi]\n",
}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture
def nova(tmp_path: Path) -> Path:
    """Return a small source tree of Nova."""
    folder = tmp_path / "checkout"
    write(folder, {**CODE, "pyproject.toml": PYPROJECT, "requirements.txt": "packaging>=1 # Apache-2.0\n\n# none\n"})
    return folder


# The tree


@pytest.mark.parametrize(
    ("service", "changes", "problem"),
    [
        ("nova", {}, ""),
        ("nova", {"pyproject.toml": "", "setup.cfg": SETUP_CFG}, ""),
        ("glance", {}, "it has no file glance/__init__.py"),
        ("placement", {"placement/__init__.py": ""}, "its pyproject.toml or setup.cfg has the name 'nova'"),
        ("nova", {"pyproject.toml": ""}, "it has no name of a project"),
        ("nova", {"pyproject.toml": "[project"}, "cannot be read"),
        ("nova", {"pyproject.toml": "", "setup.cfg": "name = nova"}, "cannot be read"),
    ],
)
def test_requires_a_source_tree_of_the_service(nova: Path, service: str, changes: dict[str, str], problem: str) -> None:
    write(nova, changes)
    tree = SourceTree(service, nova)
    if not problem:
        tree.require()
        return
    with pytest.raises(CloudError) as refusal:
        tree.require()
    assert problem in str(refusal.value)
    assert "local_cloud_sources: " in str(refusal.value)


@pytest.mark.parametrize(("name", "problem"), [("none", "there is no such folder"), ("a:b", "contains a colon")])
def test_requires_a_usable_path(tmp_path: Path, name: str, problem: str) -> None:
    with pytest.raises(CloudError, match=problem):
        SourceTree("nova", tmp_path / name).require()


@pytest.mark.parametrize("files", [{}, {"pyproject.toml": "", "setup.cfg": SETUP_CFG}], ids=["pyproject", "setup.cfg"])
def test_reads_the_entry_points_of_the_tree(nova: Path, files: dict[str, str]) -> None:
    write(nova, files)
    lines = SourceTree("nova", nova).entry_points.splitlines()
    assert set(lines) >= ENTRY_POINTS
    assert lines[lines.index("[nova.monitors]") + 1] == "cpu = nova.monitors.cpu:Monitor"


def test_reads_requirements_and_files(nova: Path) -> None:
    tree = SourceTree("nova", nova)
    assert tree.requirements == ["packaging>=1"]
    assert set(tree.files) == {
        "nova/__init__.py",
        "nova/utils.py",
        "nova/scheduler/__init__.py",
        "nova/scheduler/manager.py",
        "nova/db/main/migrations/versions/one.py",
        "entry_points.txt",
    }
    assert tree.paste_file("nova/api-paste.ini") == nova / "etc" / "nova" / "api-paste.ini"
    assert tree.paste_file("nova/other.ini") is None


@pytest.mark.parametrize(
    ("path", "changes_all", "changes_schema"),
    [
        ("nova/utils.py", True, False),
        ("nova/db/main/migrations/versions/one.py", True, True),
        ("nova/db/main/migrations/versions/two.py", True, True),
        ("nova/tests/test_utils.py", False, False),
        ("README.rst", False, False),
    ],
)
def test_hashes_depend_on_files_with_an_effect(
    nova: Path, path: str, *, changes_all: bool, changes_schema: bool
) -> None:
    before = SourceTree("nova", nova)
    seen = before.hash, before.schema_hash
    write(nova, {path: "changed = True\n"})
    after = SourceTree("nova", nova)
    assert (after.hash != seen[0], after.schema_hash != seen[1]) == (changes_all, changes_schema)
    # One command uses one state of the tree.
    assert (before.hash, before.schema_hash) == seen


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("nova/db/api/migrations/versions/1.py", True),
        ("placement/db/sqlalchemy/alembic/versions/1.py", True),
        ("glance/db/sqlalchemy/alembic_migrations/versions/1.py", True),
        ("neutron/db/migration/cli.py", True),
        ("nova/objects/migration.py", False),
        ("nova/conductor/tasks/migrate.py", False),
    ],
)
def test_finds_files_that_only_upgrade_tables(path: str, *, schema: bool) -> None:
    assert is_schema(path) is schema


# Which programs a change affects

IMPORTED = {"nova/utils.py", "nova/scheduler/__init__.py", "nova/scheduler/manager.py"}


@pytest.mark.parametrize(
    ("changed", "added", "imported", "affected"),
    [
        (set(), set(), IMPORTED, False),
        ({"nova/scheduler/manager.py"}, set(), IMPORTED, True),
        ({"nova/compute/manager.py"}, set(), IMPORTED, False),
        # The program may import a new file of a folder that it uses.
        (set(), {"nova/scheduler/new.py"}, IMPORTED, True),
        (set(), {"nova/scheduler/weights/__init__.py"}, IMPORTED, True),
        (set(), {"nova/compute/new.py"}, IMPORTED, False),
        # Each program may read a file that is no Python code.
        ({"nova/virt/interfaces.template"}, set(), IMPORTED, True),
        (set(), {"nova/new.json"}, IMPORTED, True),
        # The program has recorded nothing.
        ({"nova/compute/manager.py"}, set(), set(), True),
        (set(), set(), set(), False),
    ],
)
def test_change_affects_a_program(changed: set[str], added: set[str], imported: set[str], *, affected: bool) -> None:
    assert affects(changed, added, imported) is affected


def test_changed_files() -> None:
    before = {"a.py": "1", "b.py": "1", "c.py": "1", "x/migrations/1.py": "1"}
    now = {"a.py": "1", "b.py": "2", "d.py": "1", "x/migrations/1.py": "2", "x/migrations/2.py": "1"}
    assert changed_files(before, now) == ({"b.py", "c.py"}, {"d.py"})


# The record of imports


def run(path: list[Path], code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": os.pathsep.join(map(str, path)), "PATH": os.environ["PATH"], **variables}
    return subprocess.run([sys.executable, "-c", code], env=environment, text=True, capture_output=True, check=False)


@pytest.mark.parametrize("with_fault", [False, True])
def test_program_records_the_modules_of_the_tree(nova: Path, tmp_path: Path, *, with_fault: bool) -> None:
    overlay, record = tmp_path / "faults", tmp_path / "record"
    overlay.mkdir()
    if with_fault:
        # The fault changes a module, which the program records all the same.
        shutil.copy(FILES / "faulting" / "sitecustomize.py", overlay)
        fault = (
            '"""Breaks it."""\nMODULE = "nova.scheduler.manager"\nOLD = "from nova import utils"\nNEW = "BROKEN = 1"\n'
        )
        (overlay / "breaks.py").write_text(fault)
    variables = {"STACKPROOF_IMPORTS": str(record), "STACKPROOF_SOURCE": str(nova), "STACKPROOF_PACKAGE": "nova"}
    code = "import json, nova.scheduler.manager; print(hasattr(nova.scheduler.manager, 'BROKEN'))"
    done = run([overlay, FILES / "source_tree", nova], code, **variables)
    assert done.stdout == f"{with_fault}\n", done.stderr
    found = {Path(line).relative_to(nova).as_posix() for line in record.read_text().splitlines()}
    expected = {"nova/__init__.py", "nova/scheduler/__init__.py", "nova/scheduler/manager.py"}
    assert found == expected | (set() if with_fault else {"nova/utils.py"})


def test_other_programs_record_nothing(nova: Path) -> None:
    done = run([FILES / "source_tree", nova], "import sys, nova; print(len(sys.meta_path))")
    assert done.stdout == run([nova], "import sys, nova; print(len(sys.meta_path))").stdout


def test_record_that_cannot_be_written_does_not_stop_the_program(nova: Path, tmp_path: Path) -> None:
    variables = {"STACKPROOF_IMPORTS": str(tmp_path), "STACKPROOF_SOURCE": str(nova), "STACKPROOF_PACKAGE": "nova"}
    assert run([FILES / "source_tree", nova], "import nova; print('runs')", **variables).stdout == "runs\n"


# A cloud of toy programs with a source tree

NOVA = {"nova", "nova-conductor", "nova-scheduler", "nova-compute1", "nova-compute2"}


def starts(toy: Toy) -> dict[str, int]:
    """Return the number of starts of each program."""
    found = (toy.layout.top / "told").glob("starts-*")
    return {path.name.removeprefix("starts-"): len(path.read_text().splitlines()) for path in found}


def restarted(toy: Toy, sources: dict[str, str]) -> set[str]:
    before = starts(toy)
    toy.cloud(sources=sources).start()
    return {name for name, number in starts(toy).items() if number != before.get(name)}


def test_changed_file_restarts_only_the_programs_that_imported_it(toy: Toy, nova: Path) -> None:
    sources = {"nova": str(nova)}
    result = toy.cloud(sources=sources).start()
    assert result["sources"] == sources
    assert f"  source     nova runs {nova}" in toy.said
    metadata = toy.layout.sources / "nova" / "nova-34.0.0.dist-info"
    assert "[nova.monitors]" in (metadata / "entry_points.txt").read_text()
    assert (toy.layout.etc / "nova" / "api" / "api-paste.ini").read_text() == CODE["etc/nova/api-paste.ini"]
    assert toy.cloud(sources=sources).start()["changed"] is False

    for program in NOVA:
        files = ["nova/utils.py", *(["nova/scheduler/manager.py"] if program == "nova-scheduler" else [])]
        toy.layout.imports_of(program).write_text("".join(f"{nova / name}\n" for name in files))
    write(nova, {"nova/scheduler/manager.py": "# edited\n"})
    assert restarted(toy, sources) == {"nova-scheduler"}
    assert "source tree changed for nova-scheduler" in toy.said
    # A stopped program has no record until it imports modules again.
    assert not toy.layout.imports_of("nova-scheduler").exists()
    assert toy.cloud(sources=sources).start()["changed"] is False

    toy.layout.imports_of("nova-scheduler").write_text(f"{nova}/nova/utils.py\n{nova}/nova/scheduler/manager.py\n")
    write(nova, {"nova/utils.py": "# edited\n"})
    assert restarted(toy, sources) == NOVA
    write(nova, {"nova/tests/test_utils.py": "# edited\n"})
    assert toy.cloud(sources=sources).start()["changed"] is False


def test_new_tables_are_created_without_a_restart(toy: Toy, nova: Path) -> None:
    sources = {"nova": str(nova)}
    toy.cloud(sources=sources).start()
    before = [order["script"] for order in toy.told("manage")]
    write(nova, {"nova/db/main/migrations/versions/two.py": ""})
    assert restarted(toy, sources) == set()
    after = [order["script"] for order in toy.told("manage")]
    assert sorted(after) == sorted([*before, "nova-manage"])


def test_host_of_another_release_runs_its_package(toy: Toy, nova: Path) -> None:
    releases = {**toy.order["releases"], "2026.1": {**toy.order["release"], "name": "2026.1"}}
    cloud = toy.cloud(sources={"nova": str(nova)}, releases=releases, host_releases=["2026.2", "2026.1"])
    paths = {program: cloud.settings.overlay(program)["PYTHONPATH"] for program in NOVA}
    assert {program for program, path in paths.items() if str(nova) not in path} == {"nova-compute2"}


def test_service_without_its_source_tree_runs_the_package_again(toy: Toy, nova: Path) -> None:
    toy.cloud(sources={"nova": str(nova)}).start()
    assert restarted(toy, {}) == NOVA
    assert list(toy.layout.sources.iterdir()) == []


def test_refuses_a_bad_tree_before_it_changes_anything(toy: Toy, nova: Path) -> None:
    toy.cloud().start()
    before = starts(toy)
    (nova / "requirements.txt").write_text("packaging>=999\nno-such-package\n")
    with pytest.raises(CloudError) as refusal:
        toy.cloud(sources={"nova": str(nova)}).start()
    text = str(refusal.value)
    assert "cannot run with the packages of OpenStack 2026.2. Its requirements.txt needs packaging>=999 (inst" in text
    assert "no-such-package (not installed)" in text
    write(nova, {"cinder/__init__.py": "", "pyproject.toml": PYPROJECT.replace('"nova"', '"cinder"')})
    with pytest.raises(CloudError, match="the cloud does not run cinder"):
        toy.cloud(sources={"cinder": str(nova)}).start()
    assert starts(toy) == before
