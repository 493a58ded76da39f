# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sitecustomize.py inserts toy faults into a toy module of a Python process."""

from __future__ import annotations

import os
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SITECUSTOMIZE = Path(__file__).parents[4] / "roles" / "local_cloud" / "files" / "faulting" / "sitecustomize.py"
BY_TEXT = '"""Adds one."""\nMODULE = "toy.sums"\nOLD = "a + b"\nNEW = "a + b + 1"\n'
BY_CALL = '''"""Is rude."""
MODULE = "toy.sums"
def patch_module(module):
    module.greeting = lambda: "go away, " + module.NAME
'''
SAY = "from toy import other, sums; print(sums.total(1, 2), sums.greeting(), other.total(1, 2))"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Return a folder with the package of a program, and with the folder for the faults of this program."""
    package = tmp_path / "installed" / "toy"
    package.mkdir(parents=True)
    source = 'NAME = "you"\n\ndef total(a, b):\n    return a + b\n\ndef greeting():\n    return "welcome, " + NAME\n'
    for name in ("sums", "other"):
        (package / f"{name}.py").write_text(source)
    py_compile.compile(str(package / "sums.py"), cfile=str(package / "compiled.pyc"))
    (tmp_path / "overlay").mkdir()
    shutil.copy(SITECUSTOMIZE, tmp_path / "overlay")
    return tmp_path


def run(program: Path, code: str = SAY, **faults: str) -> subprocess.CompletedProcess[str]:
    for name, text in faults.items():
        (program / "overlay" / f"{name.replace('_', '-')}.py").write_text(text)
    path = os.pathsep.join([str(program / "overlay"), str(program / "installed")])
    environment = {"PYTHONPATH": path, "PATH": os.environ["PATH"]}
    return subprocess.run([sys.executable, "-c", code], env=environment, text=True, capture_output=True, check=False)


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ({"adds_one": BY_TEXT}, "4 welcome, you 3\n"),
        ({"is_rude": BY_CALL}, "3 go away, you 3\n"),
        ({"adds_one": BY_TEXT, "is_rude": BY_CALL}, "4 go away, you 3\n"),
    ],
    ids=["source text", "patch_module", "both"],
)
def test_program_runs_with_its_faults_and_prints_them(program: Path, faults: dict[str, str], said: str) -> None:
    # Python must not use the cached code that was compiled from the healthy module.
    assert run(program).stdout == "3 welcome, you 3\n"
    result = run(program, **faults)
    assert result.stdout == said
    assert [line for line in result.stderr.splitlines() if line] == [
        f"##### BROKEN ON PURPOSE (local_cloud_faults): {name.replace('_', '-')}: {text.splitlines()[0].strip(chr(34))}"
        " #####"
        for name, text in faults.items()
    ]
    # Without the fault, Python must not use the cached code that was compiled from the changed module.
    shutil.rmtree(program / "overlay")
    assert run(program).stdout == "3 welcome, you 3\n"


@pytest.mark.parametrize("how", ["os.fork() or exec(say)", "subprocess.run([sys.executable, '-c', say])"])
def test_child_processes_have_the_faults(program: Path, how: str) -> None:
    result = run(program, f"import os, subprocess, sys; say = {SAY!r}; {how}", adds_one=BY_TEXT)
    assert "4 welcome, you 3" in result.stdout


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (BY_TEXT.replace("a + b", "a * b", 1), "the text that it replaces occurs 0 times in toy.sums"),
        (BY_TEXT.replace("a + b", "NAME", 1), "the text that it replaces occurs 2 times in toy.sums"),
        (
            BY_CALL.replace("    module", "    module.gone()\n    module"),
            "no attribute 'gone'",
        ),
        (
            BY_TEXT.replace("toy.sums", "toy.compiled"),
            "the module toy.compiled cannot be changed, because it has no source file: a-fault",
        ),
        ("raise ValueError('who wrote this')", "the fault a-fault cannot be read: ValueError('who wrote this')"),
    ],
    ids=["no such text", "ambiguous text", "patch_module raises", "compiled module", "broken file"],
)
def test_program_refuses_to_run_without_its_fault(program: Path, fault: str, why: str) -> None:
    code = f"try:\n    {SAY}; import toy.compiled\nexcept BaseException as error:\n    print('swallowed', error)"
    result = run(program, code, a_fault=fault)
    assert result.returncode == 3
    assert result.stdout == ""
    assert why in result.stderr.splitlines()[-1]
    assert "The program ends, because it must not run without its fault." in result.stderr


def test_missing_module_raises_the_usual_error(program: Path) -> None:
    result = run(program, "import toy.gone", a_fault=BY_TEXT.replace("toy.sums", "toy.gone"))
    assert "No module named 'toy.gone'" in result.stderr
