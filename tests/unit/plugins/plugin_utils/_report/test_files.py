# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.plugins.plugin_utils._report import files
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.files import (
    LATEST,
    require_writable,
    update_latest_link,
)

if TYPE_CHECKING:
    from pathlib import Path


def point_often(directory: Path) -> set[str | None]:
    return {update_latest_link(directory) for _ in range(300)}


def test_concurrent_runs_update_the_link(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a", "b", "c")]
    for folder in folders:
        folder.mkdir()
    with ProcessPoolExecutor(len(folders)) as pool:
        assert list(pool.map(point_often, folders)) == [{None}] * 3
    assert (tmp_path / LATEST).resolve() in folders
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "c", LATEST]


def test_reads_version_from_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from_source = files.collection_version()
    assert from_source.count(".") >= 2
    (tmp_path / "MANIFEST.json").write_text('{"collection_info": {"version": "9.8.7"}}', encoding="utf-8")
    monkeypatch.setattr(files, "COLLECTION", tmp_path)
    assert files.collection_version() == "9.8.7"


def test_writable_folder_is_not_created(tmp_path: Path) -> None:
    require_writable(tmp_path)
    require_writable(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_unwritable_folder_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    for name in ("file", "nowhere"):
        for folder in (tmp_path / name, tmp_path / name / "a" / "b"):
            with pytest.raises(OSError, match="Not a directory"):
                require_writable(folder)
    # root can write into every folder
    monkeypatch.setattr(os, "access", lambda path, _mode: path != tmp_path)
    for folder in (tmp_path, tmp_path / "a" / "b"):
        with pytest.raises(PermissionError, match="Permission denied"):
            require_writable(folder)
