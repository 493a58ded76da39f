# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for commands in the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.docs import commands
from ansible_collections.stackproof.migration.tests.docs.commands import Block, Command, Runner

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """
# A page

```console
$ make unit ARGS='-k one'    # quick
what it prints
$ make start \\
    ARGS=-v
$ make regression            # red, and says why
```

<!-- needs a real cloud -->
```console
$ OS_CLOUD=mycloud openstack server list
```

<!-- needs a container engine -->
```console
$ podman images
```

- In a list:

  <!-- not run by a test, because the address is an example -->
  ```console
  $ git clone https://example.org
  ```

```yaml
$ not: a command
```
"""


def command(text: str, *, marked: bool = False) -> Command:
    return Command(Block("page.md", 1, "console", (), marked), text, "")


def test_finds_commands_with_comments() -> None:
    found = [one for block in commands.blocks("page.md", PAGE) for one in block.commands if block.language == "console"]
    assert [(one.text, one.is_red, one.block.marked) for one in found] == [
        ("make unit ARGS='-k one'", False, False),
        ("make start ARGS=-v", False, False),
        ("make regression", True, False),
        ("OS_CLOUD=mycloud openstack server list", False, True),
        ("podman images", False, True),
        ("git clone https://example.org", False, True),
    ]
    assert found[0].place == "page.md:4"


@pytest.mark.parametrize(
    ("text", "marked", "runner"),
    [
        ("make unit ARGS='-k one'", False, Runner.CI),
        ("make unit lint", False, Runner.CI),
        ("make unit start", False, Runner.SCENARIO),
        ("make start", False, Runner.SCENARIO),
        ("OS_CLOUD=mycloud make unit", False, Runner.SCENARIO),
        ("ansible-playbook make unit", False, Runner.SCENARIO),
        ("make bench BENCH_RUNS=1", False, Runner.PEOPLE),
        ("make start", True, Runner.PEOPLE),
    ],
)
def test_runner_of_command(text: str, marked: bool, runner: Runner) -> None:
    assert command(text, marked=marked).runner({"unit", "lint"}) is runner


def test_skips_block_if_all_its_commands_ran_before() -> None:
    texts = ["a", "b"], ["b"], ["b", "c"]
    found = [Block("page.md", 1, "console", tuple(f"$ {text}" for text in one), marked=False) for one in texts]
    assert [one.text for one in commands.to_run(found, set())] == ["a", "b", "b", "c"]


@pytest.mark.parametrize(
    "mark",
    [
        "<!-- Needs a real cloud -->\n```console",
        "<!-- not run by a test -->\n```console",
        "<!-- needs a real cloud -->\n\n```console",
        "<!-- needs a real cloud -->\n```yaml",
    ],
)
def test_reports_mark_without_effect(mark: str) -> None:
    assert commands.stray_marks("page.md", mark) == [f"page.md:1: {mark.splitlines()[0]}"]
    assert commands.stray_marks("page.md", PAGE) == []


def test_reads_targets_of_ci_with_prerequisites(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "run").write_text("# commit='nothing'\ncommit='test'\n")
    (tmp_path / "Makefile").write_text("test: lint unit ## All\nlint: .venv/.dev ## Style\n\truff\nunit:\nstart:\n")
    assert commands.made_by_ci(tmp_path) == {"test", "lint", "unit"}


def test_target_of_made_prerequisites_is_made(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "run").write_text("commit='lint unit'\n", encoding="utf-8")
    rules = "all: test\ntest: lint unit ## All\nmore: lint docs\nlint: x ## Lint\nunit: ## Unit\ndocs: ## Docs\n"
    (tmp_path / "Makefile").write_text(rules, encoding="utf-8")
    assert commands.made_by_ci(tmp_path) == {"lint", "unit", "test", "all"}


def test_documentation_has_no_mark_without_effect() -> None:
    assert [stray for page, text in commands.read() for stray in commands.stray_marks(page, text)] == []


def test_documentation_has_commands_for_every_runner() -> None:
    """Without this test, all other tests pass if the search finds no commands."""
    by_ci = commands.made_by_ci()
    assert {"lint", "unit", "molecule", "docs", "test"} <= by_ci
    assert not set(commands.BY_HAND_TARGETS) & by_ci
    runners = {
        one.runner(by_ci) for block in commands.all_blocks() if block.language == "console" for one in block.commands
    }
    assert runners == set(Runner)
    assert len(commands.to_run(commands.all_blocks(), by_ci)) > 10
