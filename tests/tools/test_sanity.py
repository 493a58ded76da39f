# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runner of ansible-test.

The tests use a script that writes the same files as ansible-test.
"""

from __future__ import annotations

import configparser
import stat
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from ansible_collections.stackproof.migration.tests.tools import results, sanity

if TYPE_CHECKING:
    from pathlib import Path

CASE = '<testsuites><testsuite><testcase classname="sanity" name="{0}">{1}</testcase></testsuite></testsuites>'
NOTHING_TO_LOOK_AT = f"<skipped>{sanity.NOT_APPLICABLE}</skipped>"


def cases(**contents: str) -> list[ET.Element]:
    made: list[ET.Element] = []
    for name, content in contents.items():
        suites = ET.fromstring(CASE.format(name, content))  # noqa: S314 - the tests contain this text
        made += suites.iter("testcase")
    return made


def complaint(found: list[ET.Element]) -> str:
    """Return the message of the added case."""
    failure = found[-1].find("failure")
    return "" if failure is None else str(failure.get("message"))


def test_variables_override_files() -> None:
    listing = """\
:env:.index-url='https://variable.example/simple'
global.cert='/etc/certificates.pem'
global.index-url='https://file.example/simple'
install.extra-index-url='https://a.example https://b.example'
"""
    settings = configparser.RawConfigParser()
    settings.read_string(sanity.pip_settings(listing))
    assert dict(settings["global"]) == {
        "quiet": "2",
        "cert": "/etc/certificates.pem",
        "index-url": "https://variable.example/simple",
    }
    assert dict(settings["install"]) == {"extra-index-url": "https://a.example https://b.example"}


def test_skips_unsupported_pythons() -> None:
    assert sanity.suitable(["3.9", "3.10", "3.11", "3.14", "4.0"]) == ["3.11", "3.14", "4.0"]


def test_stub_of_python_does_not_start(tmp_path: Path) -> None:
    script = tmp_path / "python9.9"
    script.write_text("#!/bin/sh\nexit 127\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    assert not sanity.starts(str(script))
    assert not sanity.starts(str(tmp_path / "absent"))
    assert sanity.starts(sys.executable)


def test_adds_no_case_without_a_problem() -> None:
    found = cases(compile="", pslint=NOTHING_TO_LOOK_AT)
    assert sanity.judged(found, 0, []) == found


@pytest.mark.parametrize(
    ("found", "code", "warnings", "expected"),
    [
        (cases(compile=""), 1, [], "ansible-test ended with exit code 1"),
        (cases(compile=""), 0, ["WARNING: Skipping tests"], "WARNING: Skipping tests"),
        ([], 0, [], "ansible-test wrote no result"),
        (
            cases(pylint="<skipped>no virtual environment</skipped>"),
            0,
            [],
            "pylint did not run: no virtual environment",
        ),
    ],
    ids=["exit code", "warning", "no result", "did not run"],
)
def test_adds_failure_that_no_case_reports(
    found: list[ET.Element], code: int, warnings: list[str], expected: str
) -> None:
    judged = sanity.judged(found, code, warnings)
    assert len(judged) == len(found) + 1
    assert complaint(judged) == expected


def test_failed_case_explains_exit_code() -> None:
    found = cases(pep8='<failure message="E501">plugins/x.py:1:161: line too long</failure>')
    assert sanity.judged(found, 1, []) == found


def test_counts_repeated_warning_once() -> None:
    lines = ["Running", "WARNING: slow", "WARNING: Reviewing previous 1 warning(s):", "WARNING: slow"]
    assert sanity.warnings_in(lines) == ["WARNING: slow"]


def test_ignores_warning_about_locale() -> None:
    assert sanity.warnings_in(['WARNING: Using locale "C.UTF-8" instead of "en_US.UTF-8".']) == []


def test_summary_lists_tests_by_result() -> None:
    found = cases(compile="", pslint=NOTHING_TO_LOOK_AT, pep8='<failure message="E501"/>', pylint="")
    assert sanity.summary(found) == ["ran (2): compile, pylint", "not applicable (1): pslint", "failed (1): pep8"]


OWN = f"{sys.version_info[0]}.{sys.version_info[1]}"
PYTHON = f"""\
#!/bin/sh
case "$*" in
*SUPPORTED*) echo '{{"core": "9.9.1", "pythons": ["3.10", "{OWN}"], "pips": ["24.2"]}}' ;;
*"pip config list"*) echo "global.timeout='7'" ;;
*) exec {sys.executable} "$@" ;;
esac
"""
ANSIBLE_TEST = """\
#!/bin/sh
echo "$@" in "$PWD" with "$(cat "$HOME/.config/pip/pip.conf")"
mkdir -p tests/output/junit
echo '{case}' >tests/output/junit/ansible-test-sanity-compile.xml
exit {code}
"""


def environment(folder: Path, case: str, code: int) -> Path:
    """Return an environment with stubs for python and ansible-test."""
    programs = {"python": PYTHON, "ansible-test": ANSIBLE_TEST.format(case=CASE.format("compile", case), code=code)}
    (folder / "bin").mkdir(parents=True)
    for name, text in programs.items():
        path = folder / "bin" / name
        path.write_text(text)
        path.chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("case", "code", "expected"),
    [("", 0, results.Count(1)), ('<failure message="bad"/>', 1, results.Count(0, 1)), ("", 3, results.Count(1, 1))],
    ids=["passed", "failed", "ended before its end"],
)
def test_writes_test_cases_of_ansible_test(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str, code: int, expected: results.Count
) -> None:
    collections, home, target = tmp_path / "collections", tmp_path / "home", tmp_path / "results" / "sanity-9.9.xml"
    (collections / sanity.COLLECTION).mkdir(parents=True)
    core = environment(tmp_path / "core", case, code)
    assert sanity.main([str(target), str(collections), str(home), str(core)]) == (0 if expected.good else 1)
    assert results.count(target) == expected
    said = capsys.readouterr().out
    assert "ansible-core 9.9.1 on Python" in said
    assert "sanity --color no --junit --target-python" in said
    assert "timeout = 7" in said
    assert f"in {collections}" not in said, "a copy is looked at, since git knows nothing of the one in the checkout"
    assert "--python" in (home / ".ansible/test/cache/get_pip_24_2.py").read_text()


def test_writes_skipped_case_without_environment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "sanity-9.9.xml"
    assert sanity.main([str(target), str(tmp_path), str(tmp_path)]) == 0
    assert results.count(target) == results.Count(skipped=1)
    assert capsys.readouterr().out == "sanity-9.9: skipped, no suitable Python on the PATH\n"


def test_prints_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert sanity.main([]) == 2
    assert "usage" in capsys.readouterr().err
