# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of texts, and its dictionary."""

from __future__ import annotations

import re
import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.tools import prose
from ansible_collections.stackproof.migration.tests.tools.prose import DICTIONARY, Dictionary, Term

if TYPE_CHECKING:
    from pathlib import Path

WORDS = Dictionary((Term(re.compile(r"\bverdicts?\b", re.IGNORECASE), '"outcome"', "glossary"),), ("generated/*",))


def lines(path: str, text: str) -> list[int]:
    return [finding.line for finding in prose.check_text(path, text, WORDS)]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("page.md", "# The verdict\n\n`verdict` and [text](verdict.md)\n```text\nverdict\n```\na Verdict\n", [1, 7]),
        (
            "code.py",
            '"""The verdict."""\nverdict = 1\nx = "verdict"\n# a verdict\ny = f"the verdict of {x}"\n',
            [1, 4, 5],
        ),
        ("code.py", 'DOCUMENTATION = r"""\nmodule: x\ndescription: A verdict.\n"""\n', [3]),
        ("tasks.yml", '- name: Say the verdict\n  debug:\n    msg: "{{ verdict }}"\n# verdict\n', [1, 4]),
        ("page.html.j2", "<style>verdict {}</style>\n{% if verdict %}\n<p>{{ verdict }}: verdict</p>\n", [3]),
        ("changes.yml", "a:\n  - ``verdict`` is ``outcome``\n", []),
        ("run.sh", "verdict=1 # the verdict\nverdict\n", [1]),
        ("Makefile", "verdict: ## Print the verdict\n\tverdict\n", [1]),
        ("data.json", '{"text": "a verdict"}', []),
    ],
)
def test_finds_terms_in_texts_only(path: str, text: str, expected: list[int]) -> None:
    assert lines(path, text) == expected


def test_accepts_line_with_reason() -> None:
    assert lines("a.yml", "# verdict  prose: ok - the name of a tool\n# verdict  prose: ok\n") == [2]


def test_finding_names_replacement_and_reason() -> None:
    (finding,) = prose.check_text("page.md", "Two verdicts.\n", WORDS)
    assert str(finding) == 'page.md:1: "verdicts": write "outcome" (glossary)'


def test_checks_tracked_and_new_files_but_not_excluded_ones(tmp_path: Path) -> None:
    for path in ("new.md", "generated/page.md", "ignored.md"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("verdict\n", encoding="utf-8")
    (tmp_path / ".gitignore").write_text("ignored.md\n", encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)  # noqa: S607 - any git on the PATH
    assert [finding.path for finding in prose.check(tmp_path, prose.tracked(tmp_path), WORDS)] == ["new.md"]


def test_fails_on_findings_without_warn_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "page.md").write_text("A verdict.\n", encoding="utf-8")
    assert prose.main(["page.md"], tmp_path) == 1
    assert prose.main(["--warn", "page.md"], tmp_path) == 0
    assert '"verdict": write' in capsys.readouterr().out
    (tmp_path / "page.md").write_text("An outcome.\n", encoding="utf-8")
    assert prose.main(["page.md"], tmp_path) == 0


@pytest.mark.parametrize(
    "text",
    [
        "somebody else",
        "nobody knows",
        "whoever",
        "whatever happens",
        "the question could not be put",
        "leftovers",
        "the verdict",
        "it stood still for 2 s",
        "a hypervisor host",
        "a VM",
        "what became of it",
        "is not over in time",
        "ended error",
        "Ask your own cloud",
    ],
)
def test_dictionary_finds_wrong_terms(text: str) -> None:
    assert list(prose.check_text("page.md", text, Dictionary.read(DICTIONARY)))


@pytest.mark.parametrize("text", ["VM mode", "any one of the hosts", "a PAUSED server", "`verdict`", "instance action"])
def test_dictionary_accepts_other_texts(text: str) -> None:
    assert not list(prose.check_text("page.md", text, Dictionary.read(DICTIONARY)))


def test_every_entry_has_a_reason() -> None:
    raw = tomllib.loads(DICTIONARY.read_text(encoding="utf-8"))
    assert all(entry["reason"] for entry in [*raw["term"], *raw["exclude"]])
