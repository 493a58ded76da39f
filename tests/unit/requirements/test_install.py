# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""requirements/install.sh with the pip of this Python. The tests create the packages that it installs."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

INSTALL = Path(__file__).parents[3] / "requirements" / "install.sh"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with packages.

    The folder has a newer version of `base` than the version in the lock files of the tests.
    """
    folder = tmp_path_factory.mktemp("index")
    for name, version, requires in (
        ("tool", "1.0", ["base[extra]>=1.0"]),
        ("base", "1.0", ["helper>=1.0; extra == 'extra'"]),
        ("base", "2.0", ["helper>=1.0; extra == 'extra'"]),
        ("other", "1.0", ["helper>=1.0"]),
        ("helper", "1.0", []),
        ("helper", "0.9", []),
    ):
        make_wheel(folder, name, version, requires)
    return folder


def make_wheel(folder: Path, name: str, version: str, requires: list[str]) -> None:
    info = f"{name}-{version}.dist-info"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", "Provides-Extra: extra"]
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", "")
        wheel.writestr(f"{info}/METADATA", "\n".join(lines) + "\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty environment.

    Each test copies this environment. A copy is ten times faster than a new environment.
    """
    folder = tmp_path_factory.mktemp("template") / "environment"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder


@pytest.fixture
def empty(tmp_path: Path, template: Path) -> Path:
    return shutil.copytree(template, tmp_path / "environment", symlinks=True)


def install(environment: Path, index: Path, pins: list[str], *more_indexes: Path) -> subprocess.CompletedProcess[str]:
    """Install these pins. pip uses only this index."""
    lock = environment.with_name("lock.txt")
    lock.write_text("".join(f"{pin} --hash=sha256:{hash_of(index, pin)}\n" for pin in pins), encoding="utf-8")
    own = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return subprocess.run(
        [INSTALL, environment, lock],
        env={
            **own,
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": " ".join(map(str, [index, *more_indexes])),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def hash_of(index: Path, pin: str) -> str:
    wheel = index / f"{pin.replace('==', '-')}-py3-none-any.whl"
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def test_ignores_newer_versions_in_the_index(empty: Path, index: Path) -> None:
    """With its resolver, pip 23 downloads base 2.0 for `base[extra]`. pip then fails, because the hash is not known."""
    done = install(empty, index, ["tool==1.0", "base==1.0", "helper==1.0"])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("pins", "problem"),
    [
        (["tool==1.0", "helper==1.0"], "tool 1.0 requires base, which is not installed."),
        (["other==1.0", "helper==0.9"], "other 1.0 has requirement helper>=1.0, but you have helper 0.9."),
    ],
    ids=["missing", "contradiction"],
)
def test_fails_if_the_pins_do_not_fit_together(empty: Path, index: Path, pins: list[str], problem: str) -> None:
    done = install(empty, index, pins)
    assert done.returncode == 1
    assert problem in done.stderr
    assert "make lock" in done.stderr


def test_shows_output_of_pip_only_on_failure(empty: Path, index: Path, tmp_path: Path) -> None:
    """The pip of Python 3.11 warns about an index that does not exist. The installation succeeds."""
    missing = tmp_path / "missing"
    done = install(empty, index, ["helper==1.0"], missing)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_shows_output_of_pip_when_it_fails(empty: Path, index: Path) -> None:
    lock = empty.with_name("lock.txt")
    lock.write_text("absent==1.0 --hash=sha256:" + "0" * 64 + "\n", encoding="utf-8")
    done = subprocess.run(
        [INSTALL, empty, lock],
        env={**os.environ, "PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(index)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "No matching distribution found for absent==1.0" in done.stderr
