# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check for complete documentation."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.tests.tools import plugin_docs

if TYPE_CHECKING:
    from pathlib import Path

MODULE: dict[str, Any] = {
    "doc": {
        "short_description": "Count servers",
        "description": ["Counts them."],
        "author": ["somebody"],
        "version_added": "1.0.0",
        "options": {
            "hosts": {"description": "Where.", "type": "list", "elements": "str"},
            "how": {
                "description": "How.",
                "type": "dict",
                "suboptions": {"fast": {"description": "Soon.", "type": "bool"}},
            },
        },
    },
    "examples": "- name: Count",
    "return": {
        "count": {"description": "How many.", "type": "int", "returned": "always", "sample": 0},
        "servers": {
            "description": "Which.",
            "type": "list",
            "returned": "always",
            "contains": {"name": {"description": "Its name.", "type": "str", "sample": "web-1"}},
        },
    },
}
ROLE: dict[str, Any] = {
    "entry_points": {
        "main": {
            "short_description": "Count",
            "description": ["Counts."],
            "options": {"count_flavors": {"description": "Which.", "type": "list", "elements": "dict", "options": {}}},
        }
    }
}


def without(thing: dict[str, Any], *path: str) -> dict[str, Any]:
    """Return a copy without the key at this path."""
    changed = copy.deepcopy(thing)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return changed


def test_accepts_complete_documentation() -> None:
    assert list(plugin_docs.plugin_gaps("module", "count", MODULE)) == []
    assert list(plugin_docs.role_gaps("count", ROLE)) == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("doc", "author"), "module count has no author"),
        (("examples",), "module count has no examples"),
        (("doc", "options", "hosts", "description"), "module count option hosts has no description"),
        (("doc", "options", "hosts", "elements"), "module count option hosts has no elements"),
        (("doc", "options", "how", "suboptions", "fast", "type"), "module count option how option fast has no type"),
        (("return", "count", "sample"), "module count return value count has no sample"),
        (("return", "count", "returned"), "module count return value count has no returned"),
        (
            ("return", "servers", "contains", "name", "sample"),
            "module count return value servers return value name has no sample",
        ),
    ],
)
def test_reports_missing_parts_of_plugin_documentation(path: tuple[str, ...], expected: str) -> None:
    assert list(plugin_docs.plugin_gaps("module", "count", without(MODULE, *path))) == [expected]


def test_parts_of_value_with_sample_need_no_sample() -> None:
    changed = without(MODULE, "return", "servers", "contains", "name", "sample")
    changed["return"]["servers"]["sample"] = [{"name": "web-1"}]
    assert list(plugin_docs.plugin_gaps("module", "count", changed)) == []


def test_filter_needs_no_returned() -> None:
    changed = without(without(MODULE, "return", "count", "returned"), "return", "servers", "returned")
    assert list(plugin_docs.plugin_gaps("filter", "count", changed)) == []


def test_reports_missing_parts_of_role_documentation() -> None:
    changed = without(ROLE, "entry_points", "main", "options", "count_flavors", "elements")
    assert list(plugin_docs.role_gaps("count", changed)) == ["role count main option count_flavors has no elements"]
    assert list(plugin_docs.role_gaps("count", {})) == ["role count has no entry_points"]


@pytest.mark.parametrize(
    ("shown", "said", "expected"),
    [
        ({"stackproof.migration.count": MODULE}, "", []),
        ({}, "", ["module stackproof.migration.count is not shown"]),
        ({"stackproof.migration.count": MODULE}, "[WARNING]: old", ["ansible-doc --type module: [WARNING]: old"]),
    ],
    ids=["complete", "not shown", "a warning"],
)
def test_requires_every_plugin_and_role(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], shown: dict[str, Any], said: str, expected: list[str]
) -> None:
    root = tmp_path / "ansible_collections" / "stackproof" / "migration"
    for file in ("plugins/modules/count.py", "plugins/modules/_private.py", "roles/count/README.md"):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    answers = {"module": shown, "role": {"stackproof.migration.count": ROLE}}
    program = tmp_path / "ansible-doc"
    program.write_text(
        "#!/bin/sh\ncase $2 in\n"
        + "".join(f"{kind}) echo '{json.dumps(answer)}' ;;\n" for kind, answer in answers.items())
        + "*) echo '{}' ;;\nesac\n"
        + (f'[ "$2" != module ] || echo "{said}" >&2\n' if said else "")
    )
    program.chmod(0o755)
    assert plugin_docs.main([str(tmp_path), str(program)]) == int(bool(expected))
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if not line.startswith("ansible-doc shows")] == expected
    assert f"ansible-doc shows {len(shown)} of 1: module" in lines
    assert "ansible-doc shows 1 of 1: role" in lines


def test_prints_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert plugin_docs.main([]) == 2
    assert "usage" in capsys.readouterr().err
