# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example for Zuul.

A linter checks the example with the schema of Zuul. `make lint` checks the playbook of the example.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.pipelines.linters import EXAMPLES, run_program

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the example."""
    return shutil.copytree(EXAMPLES / "zuul", tmp_path / "zuul")


def lint(project: Path) -> tuple[int, str]:
    return run_program(
        "zuulcilint", "--check-playbook-paths", "--warnings-as-errors", "zuul.yaml", cwd=project, home=project
    )


def test_linter_accepts_example(project: Path) -> None:
    code, output = lint(project)
    assert code == 0, output


def test_linter_refuses_misspelled_key(project: Path) -> None:
    example = project / "zuul.yaml"
    text = example.read_text(encoding="utf-8")
    example.write_text(text.replace("nodeset:", "node-set:"), encoding="utf-8")
    assert "nodeset:" in text
    code, output = lint(project)
    assert code != 0
    assert "node-set" in output


def test_linter_reports_missing_playbook(project: Path) -> None:
    (project / "playbooks" / "live-migration.yaml").unlink()
    code, output = lint(project)
    assert code != 0
    assert "live-migration.yaml" in output
