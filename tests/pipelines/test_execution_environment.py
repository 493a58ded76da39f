# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The execution environment.

ansible-builder accepts its definition. The tests do not build the image, because this requires a container engine.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml
from ansible_collections.stackproof.migration.tests.pipelines.linters import ROOT, run_program

if TYPE_CHECKING:
    from pathlib import Path

DEFINITION = ROOT / "execution-environment.yml"


def create(definition: Path, context: Path) -> tuple[int, str]:
    options = ("--output-filename", "Containerfile", "-f", str(definition), "-c", str(context))
    return run_program("ansible-builder", "create", *options, cwd=definition.parent, home=context.parent)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the build context."""
    folder = tmp_path_factory.mktemp("ee") / "context"
    code, output = create(DEFINITION, folder)
    assert code == 0, output
    return folder


def test_context_has_build_steps(context: Path) -> None:
    steps = (context / "Containerfile").read_text(encoding="utf-8").splitlines()
    base = yaml.safe_load(DEFINITION.read_text(encoding="utf-8"))["images"]["base_image"]["name"]
    # The option --build-arg can replace an ARG only if the ARG is before the first FROM.
    assert f'ARG EE_BASE_IMAGE="{base}"' in steps
    assert steps.index(f'ARG EE_BASE_IMAGE="{base}"') < steps.index("FROM $EE_BASE_IMAGE AS base")
    (installs,) = (step for step in steps if step.startswith("ARG ANSIBLE_INSTALL_REFS="))
    assert "ansible-core>=" in installs
    assert "ansible-runner>=" in installs
    assert any("ansible-galaxy collection install" in step and "requirements.yml" in step for step in steps)


def test_image_has_supported_ansible_core() -> None:
    wanted = yaml.safe_load(DEFINITION.read_text(encoding="utf-8"))["dependencies"]["ansible_core"]["package_pip"]
    required = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["requires_ansible"]
    assert wanted == f"ansible-core{required}"


def test_context_names_collection(context: Path) -> None:
    wanted = yaml.safe_load((context / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    assert wanted == {"collections": [{"name": "stackproof.migration", "version": version}]}


def test_refuses_misspelled_key(tmp_path: Path) -> None:
    text = DEFINITION.read_text(encoding="utf-8")
    assert "package_pip" in text
    broken = tmp_path / "execution-environment.yml"
    broken.write_text(text.replace("package_pip", "package_pypi"), encoding="utf-8")
    code, output = create(broken, tmp_path / "context")
    assert code != 0
    assert "package_pypi" in output


def test_introspect_finds_requirements_of_modules(installed: Path) -> None:
    """The installed collection contains these requirements in meta/execution-environment.yml."""
    code, output = run_program("ansible-builder", "introspect", str(installed), home=installed)
    assert code == 0, output
    found = yaml.safe_load(output[output.index("---") :])
    wanted = [line for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert wanted
    assert found["python"] == [f"{line}  # from collection stackproof.migration" for line in wanted]
    assert not found["system"]


def test_requirements_have_no_upper_bound() -> None:
    """An upper bound may conflict with the requirements of other collections in an image."""
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        assert line.startswith("#") or re.fullmatch(r"[a-z-]+>=[\d.]+", line), line


def test_tarball_has_metadata_only(installed: Path) -> None:
    collection = installed / "ansible_collections" / "stackproof" / "migration"
    assert (collection / "meta" / "execution-environment.yml").exists()
    assert (collection / "requirements.txt").exists()
    assert not (collection / "execution-environment.yml").exists()
    assert not (collection / "docs" / "pipelines").exists()
