# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for the checks of the examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.pipelines.linters import ROOT, run_program

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a collections path. The tarball of this collection is installed there."""
    home = tmp_path_factory.mktemp("home")
    code, output = run_program(
        "ansible-galaxy", "collection", "build", str(ROOT), "--output-path", str(home), home=home
    )
    assert code == 0, output
    (tarball,) = home.glob("stackproof-migration-*.tar.gz")
    folder = tmp_path_factory.mktemp("collections")
    code, output = run_program(
        "ansible-galaxy",
        "collection",
        "install",
        "--offline",
        str(tarball),
        "--collections-path",
        str(folder),
        cwd=home,
        home=home,
    )
    assert code == 0, output
    return folder
