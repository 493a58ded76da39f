# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples name inputs and the version of this collection correctly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml
from ansible_collections.stackproof.migration.tests.pipelines.linters import EXAMPLES, ROOT

if TYPE_CHECKING:
    from pathlib import Path

VERSION = str(yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"])
FILES = sorted(path for path in EXAMPLES.rglob("*") if path.is_file())


def inputs() -> set[str]:
    """Return the names of the inputs of the role and of the playbook."""
    spec = yaml.safe_load((ROOT / "roles/migration_cycle/meta/argument_specs.yml").read_text(encoding="utf-8"))
    playbooks = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "playbooks").glob("regression*.yml"))
    lookups = (ROOT / "plugins/lookup/regression_targets.py").read_text(encoding="utf-8")
    return set(spec["argument_specs"]["main"]["options"]) | set(
        re.findall(r"(?<![\w.])regression_[a-z_]+", playbooks + lookups)
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_named_inputs_exist(path: Path) -> None:
    named = re.findall(r"(?<![\w.])(?:migration_cycle|regression)_[a-z_]*[a-z]", path.read_text(encoding="utf-8"))
    assert set(named) <= inputs()


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("execution-environment.yml", rf"version: {re.escape(VERSION)}\n"),
        ("docs/pipelines/github-actions.yml", rf"STACKPROOF_MIGRATION: {re.escape(VERSION)}\n"),
        ("docs/pipelines/gitlab-ci.yml", rf'STACKPROOF_MIGRATION: "{re.escape(VERSION)}"\n'),
        ("docs/pipelines/zuul/zuul.yaml", rf"live_migration_version: {re.escape(VERSION)}\n"),
        ("docs/pipelines/README.md", rf"collection install stackproof.migration:{re.escape(VERSION)}\n"),
        ("docs/pipelines/awx.yml", rf"image: \S+:{re.escape(VERSION)}\n"),
    ],
)
def test_example_has_version_of_collection(name: str, wanted: str) -> None:
    assert re.search(wanted, (ROOT / name).read_text(encoding="utf-8"))


def test_page_links_every_example() -> None:
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for path in EXAMPLES.iterdir():
        if path.name != "README.md":
            assert f"({path.name})" in page or f"({path.name}/" in page, path.name
