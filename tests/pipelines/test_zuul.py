# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A linter with Zuul's schema takes the job, and its playbook is there. `make lint` lints the playbook."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.pipelines.judges import EXAMPLES, judge

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example as a project of its own."""
    return shutil.copytree(EXAMPLES / "zuul", tmp_path / "zuul")


def lint(project: Path) -> tuple[int, str]:
    return judge("zuulcilint", "--check-playbook-paths", "--warnings-as-errors", "zuul.yaml", cwd=project, home=project)


def test_the_linter_takes_it(project: Path) -> None:
    code, said = lint(project)
    assert code == 0, said


def test_the_linter_would_see_a_slip(project: Path) -> None:
    example = project / "zuul.yaml"
    text = example.read_text(encoding="utf-8")
    example.write_text(text.replace("nodeset:", "node-set:"), encoding="utf-8")
    assert "nodeset:" in text
    code, said = lint(project)
    assert code != 0
    assert "node-set" in said


def test_the_linter_would_miss_the_playbook(project: Path) -> None:
    (project / "playbooks" / "live-migration.yaml").unlink()
    code, said = lint(project)
    assert code != 0
    assert "live-migration.yaml" in said
