# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The choice of the Python interpreter for a release."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from cloudctl import pythons
from cloudctl.errors import CloudError

RELEASES = sorted((Path(__file__).parents[4] / "roles" / "local_cloud" / "vars" / "releases").glob("*.yml"))


def supported(oldest: str, newest: str) -> pythons.Range:
    return pythons.Range.of({"name": "2024.1", "python": {"oldest": oldest, "newest": newest}})


def installed(folder: Path, minor: int, *, ensurepip: bool = True) -> Path:
    """Create the files of an installation of Python, and return the path of its program."""
    name = f"python3.{minor}"
    (folder / "bin").mkdir(parents=True)
    (folder / "lib" / name / ("ensurepip" if ensurepip else "venv")).mkdir(parents=True)
    (folder / "bin" / name).touch()
    return folder / "bin" / name


@pytest.fixture
def no_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home folder on a machine without any Python."""
    monkeypatch.setattr(pythons, "DISTRIBUTION_PYTHON", tmp_path / "none")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("PYENV_ROOT", "UV_PYTHON_INSTALL_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("oldest", "newest", "minors", "text"),
    [
        ("3.11", "", {11, 12, 20}, "Python 3.11 or newer"),
        ("3.11", "3.12", {11, 12}, "Python 3.11 to 3.12"),
        ("3.8", "3.8", {8}, "Python 3.8"),
    ],
)
def test_range_includes_both_limits(oldest: str, newest: str, minors: set[int], text: str) -> None:
    found = supported(oldest, newest)
    assert {minor for minor in (6, 8, 9, 10, 11, 12, 13, 20) if minor in found} - {13} == minors
    assert (13 in found) == (not newest)
    assert str(found) == text


def test_prefers_the_python_of_the_distribution(no_python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(no_python / ".pyenv" / "versions" / "3.11.7", 11)
    distribution = installed(no_python / "usr", 11)
    monkeypatch.setattr(pythons, "DISTRIBUTION_PYTHON", distribution)
    assert pythons.choose("", supported("3.11", "")) == str(distribution)


@pytest.mark.parametrize(
    "folder", [".pyenv/versions/3.10.13", ".local/share/uv/python/cpython-3.10.13-linux-x86_64-gnu"]
)
def test_finds_pythons_of_pyenv_and_uv(no_python: Path, folder: str) -> None:
    python = installed(no_python / folder, 10)
    installed(no_python / ".pyenv" / "versions" / "3.9.18", 9)
    assert pythons.choose("", supported("3.10", "3.10")) == str(python)


def test_finds_a_python_on_the_path(no_python: Path) -> None:
    python = installed(no_python, 8)
    python.chmod(0o700)
    assert pythons.choose("", supported("3.8", "3.8")) == str(python)


@pytest.mark.parametrize(("minor", "ensurepip"), [(9, True), (10, False)])
def test_names_the_missing_python_and_how_to_give_one(no_python: Path, minor: int, ensurepip: bool) -> None:
    installed(no_python / ".pyenv" / "versions" / "3.x", minor, ensurepip=ensurepip)
    message = (
        r"OpenStack 2024\.1 needs Python 3\.10, and no such Python was found\. Nothing was changed\."
        r".*`uv python install 3\.10`.*local_cloud_python"
    )
    with pytest.raises(CloudError, match=message):
        pythons.choose("", supported("3.10", "3.10"))


@pytest.mark.parametrize(("minor", "found"), [(None, True), (10, True), (9, False)])
def test_the_package_python3_venv_completes_the_python_of_the_distribution(
    no_python: Path, monkeypatch: pytest.MonkeyPatch, minor: int | None, *, found: bool
) -> None:
    """The package also installs the Python, whose version is then unknown before the installation."""
    distribution = no_python / "usr" / "bin" / "python3"
    if minor is not None:
        distribution = installed(no_python / "usr", minor, ensurepip=False)
    monkeypatch.setattr(pythons, "DISTRIBUTION_PYTHON", distribution)
    another = installed(no_python / ".pyenv" / "versions" / "3.10.13", 10)
    expected = distribution if found else another
    assert pythons.choose("", supported("3.10", "3.10"), ["python3-venv"]) == str(expected)
    assert pythons.choose("", supported("3.10", "3.10"), ["rabbitmq-server"]) == str(another)


def test_refuses_an_unsuitable_python() -> None:
    minor = sys.version_info[1]
    message = rf"local_cloud_python=\S+ is Python 3\.{minor}, but OpenStack 2024\.1 needs Python 3\.8\."
    with pytest.raises(CloudError, match=message):
        pythons.choose(sys.executable, supported("3.8", "3.8"))
    assert pythons.choose(sys.executable, supported("3.8", f"3.{minor}")) == sys.executable


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.stem)
def test_variables_of_a_release_are_complete(path: Path) -> None:
    """Every release has the same keys, and its lock files exist."""
    release: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["__local_cloud_release"]
    assert release["name"] == path.stem
    keys = {"name", "codename", "nova", "slurp", "python", "wsgi", "environment", "paste_files"}
    assert set(release) - {"volumes", "upgrade_check_imports"} == keys
    assert set(release["wsgi"]) == {"keystone", "placement", "glance", "neutron", "nova"}
    assert set(release["environment"]) <= set(release["wsgi"])
    assert set(release.get("upgrade_check_imports", {})) <= set(release["wsgi"])
    locks = path.parents[2] / "files" / "releases" / path.stem
    assert (locks / "requirements.txt").exists()
    assert (locks / "volumes.txt").exists() == ("volumes" in release)
    assert f"nova=={release['nova']}." in (locks / "requirements.txt").read_text(encoding="utf-8")
    assert pythons.Range.of(release).oldest >= 8
