# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-builder takes the definition, and finds what the collection needs. The image itself needs an engine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml
from ansible_collections.stackproof.migration.tests.pipelines.judges import ROOT, judge

if TYPE_CHECKING:
    from pathlib import Path

DEFINITION = ROOT / "execution-environment.yml"


def create(definition: Path, context: Path) -> tuple[int, str]:
    options = ("--output-filename", "Containerfile", "-f", str(definition), "-c", str(context))
    return judge("ansible-builder", "create", *options, cwd=definition.parent, home=context.parent)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an engine would build the image from."""
    folder = tmp_path_factory.mktemp("ee") / "context"
    code, said = create(DEFINITION, folder)
    assert code == 0, said
    return folder


def test_the_context_says_how_the_image_is_built(context: Path) -> None:
    steps = (context / "Containerfile").read_text(encoding="utf-8").splitlines()
    base = yaml.safe_load(DEFINITION.read_text(encoding="utf-8"))["images"]["base_image"]["name"]
    # an ARG ahead of the first FROM is what --build-arg replaces
    assert f'ARG EE_BASE_IMAGE="{base}"' in steps
    assert steps.index(f'ARG EE_BASE_IMAGE="{base}"') < steps.index("FROM $EE_BASE_IMAGE AS base")
    (installs,) = (step for step in steps if step.startswith("ARG ANSIBLE_INSTALL_REFS="))
    assert "ansible-core>=" in installs
    assert "ansible-runner>=" in installs
    assert any("ansible-galaxy collection install" in step and "requirements.yml" in step for step in steps)


def test_the_image_has_an_ansible_core_that_the_collection_works_with() -> None:
    wanted = yaml.safe_load(DEFINITION.read_text(encoding="utf-8"))["dependencies"]["ansible_core"]["package_pip"]
    required = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["requires_ansible"]
    assert wanted == f"ansible-core{required}"


def test_the_context_names_the_collection(context: Path) -> None:
    wanted = yaml.safe_load((context / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    assert wanted == {"collections": [{"name": "stackproof.migration", "version": version}]}


def test_a_slip_would_be_seen(tmp_path: Path) -> None:
    text = DEFINITION.read_text(encoding="utf-8")
    assert "package_pip" in text
    broken = tmp_path / "execution-environment.yml"
    broken.write_text(text.replace("package_pip", "package_pypi"), encoding="utf-8")
    code, said = create(broken, tmp_path / "context")
    assert code != 0
    assert "package_pypi" in said


def test_ansible_builder_finds_what_the_modules_need(installed: Path) -> None:
    """In the collection as it is installed, by what it says of itself."""
    code, said = judge("ansible-builder", "introspect", str(installed), home=installed)
    assert code == 0, said
    found = yaml.safe_load(said[said.index("---") :])
    wanted = [line for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert wanted
    assert found["python"] == [f"{line}  # from collection stackproof.migration" for line in wanted]
    assert not found["system"]


def test_no_requirement_has_a_cap() -> None:
    """It would keep an image from what its other collections need."""
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        assert line.startswith("#") or re.fullmatch(r"[a-z-]+>=[\d.]+", line), line


def test_the_tarball_has_what_it_needs_and_no_more(installed: Path) -> None:
    collection = installed / "ansible_collections" / "stackproof" / "migration"
    assert (collection / "meta" / "execution-environment.yml").exists()
    assert (collection / "requirements.txt").exists()
    assert not (collection / "execution-environment.yml").exists()
    assert not (collection / "docs" / "pipelines").exists()
