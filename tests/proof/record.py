# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of the last successful run of each file of the proof, and the part of docs/proof.md that shows it.

The whole proof takes hours. Each file has its own entry in the record, so the files can run separately.
"""

from __future__ import annotations

import ast
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.prediction import add_up, score_text
from ansible_collections.stackproof.migration.tests.proof.rows import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pytest
    from ansible_collections.stackproof.migration.tests.proof.rows import Table

_PREDICTIONS = {
    "predictions_without_fault": "in rows without a fault",
    "predictions_with_fault": "in rows with a fault",
}


class Runs:
    """What pytest did with each file: the results of its tests, and their duration in seconds."""

    def __init__(self) -> None:
        self._outcomes: dict[str, Counter[str]] = {}
        self._seconds: dict[str, float] = {}
        self._incomplete: set[str] = set()

    def add(self, report: pytest.TestReport) -> None:
        """Add the result of one phase of a test: its setup, its call or its teardown."""
        name = _file_of(report.nodeid)
        self._seconds[name] = self._seconds.get(name, 0.0) + report.duration
        if report.when == "call" or report.outcome != "passed":
            self._outcomes.setdefault(name, Counter())[report.outcome] += 1

    def leave_out(self, nodeids: Iterable[str]) -> None:
        """Mark the files of these tests as incomplete, because the run does not include these tests."""
        self._incomplete |= {_file_of(nodeid) for nodeid in nodeids}

    def complete(self) -> dict[str, dict[str, int]]:
        """Return the count of tests and the seconds of each file whose tests all ran and passed."""
        return {
            name: {"tests": outcomes["passed"], "seconds": round(self._seconds[name])}
            for name, outcomes in self._outcomes.items()
            if set(outcomes) == {"passed"} and name not in self._incomplete
        }


def entry(table: Table, counts: Mapping[str, int], **facts: str) -> dict[str, Any]:
    """Return the entry of a file for the record. ``facts`` are the date and the commit of the run."""
    return {
        **counts,
        **facts,
        "rows": [list(line) for line in table.lines],
        "predictions_without_fault": add_up(table.predictions(is_fault=False)),
        "predictions_with_fault": add_up(table.predictions(is_fault=True)),
    }


def read(path: Path) -> dict[str, dict[str, Any]]:
    """Return the entries by the name of the file."""
    entries: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return entries


def write(path: Path, entries: Mapping[str, Mapping[str, Any]]) -> None:
    path.write_text(json.dumps(entries, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def current(entries: Mapping[str, Mapping[str, Any]], folder: Path) -> dict[str, Mapping[str, Any]]:
    """Return only the entries of files that exist."""
    return {name: one for name, one in sorted(entries.items()) if (folder / name).exists()}


def markdown(entries: Mapping[str, Mapping[str, Any]], folder: Path) -> str:
    """Return the tables of all files, the files without an entry, and the sum of the predictions."""
    shown = current(entries, folder)
    missing = sorted(path.name for path in folder.glob("test_*.py") if path.name not in shown)
    texts = [_section(folder / name, one) for name, one in shown.items()]
    if missing:
        names = "".join(f"- `{name}`: {_title(folder / name)}\n" for name in missing)
        texts.append(f"### Without a result\n\nThese files have no complete run in which every test passed:\n\n{names}")
    texts.append(_predictions(shown.values()))
    return "\n".join(text for text in texts if text)


def table_markdown(lines: Iterable[Iterable[str]]) -> str:
    return "".join(map(_line, (COLUMNS, ("---",) * len(COLUMNS), *lines)))


def _section(path: Path, one: Mapping[str, Any]) -> str:
    tests = f"{one['tests']} tests" if one["tests"] != 1 else "1 test"
    text = (
        f"### `{path.name}`\n\n{_title(path)}\n\n"
        f"{one['date']}, commit `{one['commit']}`: {tests} passed in {one['seconds']} s.\n"
    )
    return f"{text}\n{table_markdown(one['rows'])}" if one["rows"] else text


def _predictions(entries: Iterable[Mapping[str, Any]]) -> str:
    entries = list(entries)
    texts = {clouds: score_text(add_up(one[key] for one in entries)) for key, clouds in _PREDICTIONS.items()}
    lines = "".join(f"- {clouds[0].upper()}{clouds[1:]}: {text}.\n" for clouds, text in texts.items() if text)
    return (
        "### Predictions\n\nPredictions of moves, compared with the migrations that followed. Most faults have no\n"
        f"effect before a migration, so no prediction can know them:\n\n{lines}"
        if lines
        else ""
    )


def _title(path: Path) -> str:
    """Return the first paragraph of the docstring of a file."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n\n")[0].replace("\n", " ")


def _file_of(nodeid: str) -> str:
    return nodeid.partition("::")[0].rpartition("/")[2]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
