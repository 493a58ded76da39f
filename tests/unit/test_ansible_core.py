# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All files name the same oldest supported ansible-core. The tests run with this version."""

from __future__ import annotations

import re

import pytest
import yaml
from ansible_collections.stackproof.migration.tests.docs.commands import ROOT

ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())


def oldest() -> str:
    """Return the oldest supported release. The function reads it as ansible-galaxy does."""
    required = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["requires_ansible"]
    found = re.fullmatch(r">=(\d+\.\d+)\.0", required)
    assert found
    return found[1]


def test_oldest_release_is_tested_and_documented() -> None:
    cores = sorted(re.findall(r"\d+\.\d+", path.name)[0] for path in (ROOT / "requirements").glob("sanity-*.in"))
    assert cores[0] == oldest()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"ansible-core ≥ {oldest()}" in readme
    assert f"Tested with ansible-core {', '.join(cores[:-1])} and {cores[-1]}." in readme.replace("\n  ", " ")


@pytest.mark.parametrize("role", ROLES)
def test_roles_require_oldest_release(role: str) -> None:
    folder = ROOT / "roles" / role
    assert yaml.safe_load((folder / "meta" / "main.yml").read_text())["galaxy_info"]["min_ansible_version"] == oldest()
    assert f"needs ansible-core {oldest()} or newer" in (folder / "README.md").read_text(encoding="utf-8")
    tasks = "".join(path.read_text(encoding="utf-8") for path in (folder / "tasks").glob("*.yml"))
    assert f"version('{oldest()}.0', '>=')" in tasks
    assert f"needs ansible-core {oldest()} or newer" in tasks
    assert f"'ansible-core>={oldest()}'" in tasks


@pytest.mark.parametrize("core", sorted(path.stem for path in (ROOT / "requirements").glob("sanity-*.in")))
def test_lock_files_pin_the_release(core: str) -> None:
    locked = (ROOT / "requirements" / f"{core}.txt").read_text(encoding="utf-8")
    assert f"\nansible-core=={core.removeprefix('sanity-')}." in f"\n{locked}"
