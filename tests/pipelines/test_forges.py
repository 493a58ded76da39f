# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples for GitHub and GitLab, and the workflow of this repository.

The schemas of GitHub and GitLab accept these files.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.stackproof.migration.tests.pipelines.linters import ROOT, run_program

GITHUB = ["--builtin-schema", "vendor.github-workflows"]
FORGES = [
    (".github/workflows/checks.yml", GITHUB, "runs-on:", "run-on:"),
    ("docs/pipelines/github-actions.yml", GITHUB, "runs-on:", "run-on:"),
    (
        "docs/pipelines/gitlab-ci.yml",
        ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
        "when: always",
        "when: allways",
    ),
]


@pytest.mark.parametrize(("name", "options", "_right", "_wrong"), FORGES)
def test_schema_accepts_example(name: str, options: list[str], _right: str, _wrong: str, tmp_path: Path) -> None:
    code, output = run_program("check-jsonschema", *options, str(ROOT / name), home=tmp_path)
    assert code == 0, output


@pytest.mark.parametrize(("name", "options", "right", "wrong"), FORGES)
def test_schema_refuses_misspelled_key(name: str, options: list[str], right: str, wrong: str, tmp_path: Path) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert right in text
    broken = tmp_path / Path(name).name
    broken.write_text(text.replace(right, wrong), encoding="utf-8")
    code, output = run_program("check-jsonschema", *options, str(broken), home=tmp_path)
    assert code != 0
    assert wrong.partition(":")[0] in output
