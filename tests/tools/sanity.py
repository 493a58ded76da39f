# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the sanity tests of ansible-test without containers, and write the results as JUnit test cases.

usage: sanity.py RESULT.xml COLLECTIONS HOME [ENVIRONMENT]

COLLECTIONS is a folder in which the collection is installed. HOME is the folder in which ansible-test keeps its
environments. ENVIRONMENT is a virtual environment with ansible-core. If no installed Python supports that
ansible-core, ENVIRONMENT is missing. The result is then one skipped test case.
"""

from __future__ import annotations

import ast
import configparser
import dataclasses
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

COLLECTION = Path("ansible_collections/stackproof/migration")
# ansible-test writes its JUnit files into this folder. The path is relative to the collection.
JUNIT = Path("tests/output/junit")
# This is the oldest Python that the modules support. tests/config.yml has the same value.
OLDEST = (3, 11)
NOT_APPLICABLE = "No tests applicable."
# The script ignores two warnings. The summary repeats other warnings. No sanity test depends on the locale.
HARMLESS = ("WARNING: Reviewing previous", "WARNING: Using locale")
NO_PYTHON = "no suitable Python on the PATH"

# This program prints properties of ansible-test. No command of ansible-test prints these properties.
PROBE = """
import json, types
from ansible.release import __version__
from ansible_test._internal.constants import SUPPORTED_PYTHON_VERSIONS
from ansible_test._internal.python_requirements import get_venv_packages
pips = {get_venv_packages(types.SimpleNamespace(version=python))["pip"] for python in SUPPORTED_PYTHON_VERSIONS}
print(json.dumps({"core": __version__, "pythons": SUPPORTED_PYTHON_VERSIONS, "pips": sorted(pips)}))
"""

# ansible-test creates its environments without pip. It downloads get-pip.py from its own host unless the file exists.
# This file installs the same pip from the configured package index.
GET_PIP = """\
import subprocess
import sys

wanted = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
sys.exit(subprocess.call([{python!r}, "-m", "pip", "--python", sys.executable, "install", *wanted]))
"""


@dataclasses.dataclass(frozen=True)
class Known:
    """Properties of the installed version of ansible-test."""

    core: str
    pythons: list[str]
    pips: list[str]


def pip_settings(listing: str) -> str:
    """Return pip's settings as a configuration file. ansible-test removes the environment variables of pip."""
    settings = configparser.RawConfigParser()
    # The caller would report a warning of pip as a warning of ansible-test.
    settings["global"] = {"quiet": "2"}
    # An environment variable overrides the same setting in a file.
    for line in sorted(listing.splitlines(), key=lambda line: line.startswith(":env:")):
        name, _equals, value = line.partition("=")
        section, _dot, option = name.rpartition(".")
        section = "global" if section == ":env:" else section
        if not settings.has_section(section):
            settings.add_section(section)
        settings.set(section, option, ast.literal_eval(value))
    written = io.StringIO()
    settings.write(written)
    return written.getvalue()


def suitable(pythons: Iterable[str]) -> list[str]:
    """Return the Python versions that the modules support."""
    return [version for version in pythons if tuple(map(int, version.split("."))) >= OLDEST]


def warnings_in(lines: Iterable[str]) -> list[str]:
    """Return the warnings of ansible-test without duplicates. ansible-test repeats all warnings at the end."""
    said = dict.fromkeys(line.strip() for line in lines if line.startswith("WARNING: "))
    return [line for line in said if not line.startswith(HARMLESS)]


def cases_in(folder: Path) -> list[ET.Element]:
    """Return the test cases that ansible-test wrote."""
    files = sorted(folder.glob("*.xml"))
    return [case for file in files for case in ET.parse(file).iter("testcase")]  # noqa: S314 - ansible-test wrote this file


def judged(cases: Sequence[ET.Element], code: int, warnings: Sequence[str]) -> list[ET.Element]:
    """Return the test cases. If a problem occurred and no case reports it, add a failed case."""
    wrong = list(warnings)
    if not cases:
        wrong.append("ansible-test wrote no result")
    if code and not any(case.find("failure") is not None for case in cases):
        wrong.append(f"ansible-test ended with exit code {code}")
    # If ansible-test cannot run a test, it writes no test case for the test.
    for case in cases:
        skipped = case.find("skipped")
        if skipped is not None and skipped.text != NOT_APPLICABLE:
            wrong.append(f"{case.get('name')} did not run: {skipped.text}")
    if not wrong:
        return list(cases)
    extra = ET.Element("testcase", classname="sanity", name="ansible-test")
    ET.SubElement(extra, "failure", message="; ".join(wrong))
    return [*cases, extra]


def summary(cases: Iterable[ET.Element]) -> list[str]:
    """Return a line for each of three groups: tests that ran, tests that did not apply, and tests that failed."""
    names: dict[str, list[str]] = {"ran": [], "not applicable": [], "failed": []}
    for case in cases:
        if case.find("failure") is not None:
            kind = "failed"
        else:
            kind = "ran" if case.find("skipped") is None else "not applicable"
        names[kind].append(str(case.get("name")))
    return [f"{kind} ({len(those)}): {', '.join(those)}" for kind, those in names.items() if those]


def write(target: Path, cases: Iterable[ET.Element]) -> None:
    suite = ET.Element("testsuite", name=target.stem)
    suite.extend(cases)
    target.parent.mkdir(parents=True, exist_ok=True)
    ET.ElementTree(suite).write(target, encoding="unicode", xml_declaration=True)


def output_of(command: Sequence[str | Path], env: Mapping[str, str] | None = None, cwd: Path | None = None) -> str:
    return subprocess.run(command, env=env, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout


def starts(python: str) -> bool:
    """Return whether this Python starts.

    A program on the PATH may be a stub that only prints an error.
    """
    try:
        return subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def prepare_home(home: Path, python: Path, pips: Iterable[str]) -> None:
    """Write the files that ansible-test needs to install packages into its environments."""
    configuration = home / ".config" / "pip" / "pip.conf"
    scripts = home / ".ansible" / "test" / "cache"
    for folder in (configuration.parent, scripts):
        folder.mkdir(parents=True, exist_ok=True)
    # Only the owner may read the file, because the URL of a package index can contain a password.
    configuration.touch(mode=0o600)
    configuration.write_text(pip_settings(output_of([python, "-m", "pip", "config", "list"])))
    for version in pips:
        (scripts / f"get_pip_{version.replace('.', '_')}.py").write_text(GET_PIP.format(python=str(python)))


def run(command: Sequence[str | Path], env: Mapping[str, str], cwd: Path) -> tuple[int, list[str]]:
    """Run a command and print its output. Return the exit code and the lines of the output."""
    lines = []
    with subprocess.Popen(
        command, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        if process.stdout is None:
            raise AssertionError("stdout is not a pipe")
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    return process.returncode, lines


def check(collections: Path, home: Path, environment: Path) -> list[ET.Element]:
    """Run the sanity tests of this ansible-core on all installed Python versions. Return the test cases."""
    programs = environment / "bin"
    known = Known(**json.loads(output_of([programs / "python", "-c", PROBE])))
    prepare_home(home, programs / "python", known.pips)
    own = output_of([programs / "python", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).strip()
    pythons = [version for version in suitable(known.pythons) if version == own or starts(f"python{version}")]
    print(f"ansible-core {known.core} on Python {own}; modules on {', '.join(pythons)}", flush=True)
    options = [word for version in pythons for word in ("--target-python", version)]
    command: list[str | Path] = [programs / "ansible-test", "sanity", "--color", "no", "--junit", *options]
    # ansible-test lists files with git, and git ignores the installed collection. Therefore the folder is outside the
    # clone.
    with tempfile.TemporaryDirectory(prefix="sanity-") as folder:
        shutil.copytree(collections, folder, dirs_exist_ok=True)
        collection = folder / COLLECTION
        code, lines = run(command, {**os.environ, "HOME": str(home)}, collection)
        return judged(cases_in(collection / JUNIT), code, warnings_in(lines))


def skipped(reason: str) -> ET.Element:
    case = ET.Element("testcase", classname="sanity", name="ansible-test")
    ET.SubElement(case, "skipped", message=reason)
    return case


def main(arguments: Sequence[str]) -> int:
    """Run the command line and return the exit code."""
    match arguments:
        case [result, collections, home, *environment] if len(environment) <= 1:
            target = Path(result)
            # This run may be interrupted. Therefore the result of an earlier run is deleted.
            target.unlink(missing_ok=True)
            if environment:
                cases = check(*(Path(path).absolute() for path in (collections, home, *environment)))
                print(*summary(cases), sep="\n")
            else:
                print(f"{target.stem}: skipped, {NO_PYTHON}")
                cases = [skipped(NO_PYTHON)]
            write(target, cases)
            return int(any(case.find("failure") is not None for case in cases))
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
