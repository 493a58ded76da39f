# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""GitHub's and GitLab's own schemas take the examples, and the workflow that checks this repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.stackproof.migration.tests.pipelines.judges import ROOT, judge

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
def test_the_schema_takes_it(name: str, options: list[str], _right: str, _wrong: str, tmp_path: Path) -> None:
    code, said = judge("check-jsonschema", *options, str(ROOT / name), home=tmp_path)
    assert code == 0, said


@pytest.mark.parametrize(("name", "options", "right", "wrong"), FORGES)
def test_the_schema_would_see_a_slip(name: str, options: list[str], right: str, wrong: str, tmp_path: Path) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert right in text
    broken = tmp_path / Path(name).name
    broken.write_text(text.replace(right, wrong), encoding="utf-8")
    code, said = judge("check-jsonschema", *options, str(broken), home=tmp_path)
    assert code != 0
    assert wrong.partition(":")[0] in said
