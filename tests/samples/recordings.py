# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The recorded shapes of the answers of each release, in tests/unit/plugins/recorded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.tests.samples import shapes

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.samples.shapes import Shape

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests/unit/plugins/recorded"

# by kind of request and HTTP status
Answers = dict[str, dict[str, "Shape"]]


@dataclass(frozen=True)
class Recording:
    # the newest microversion of Nova
    newest: str
    answers: Answers


def releases() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def read(release: str) -> Recording:
    content = json.loads((FOLDER / f"{release}.json").read_text(encoding="utf-8"))
    answers = {
        title: {
            status: {path: types.split("|") for path, types in shape.items()} for status, shape in by_status.items()
        }
        for title, by_status in content["answers"].items()
    }
    return Recording(content["newest_microversion"], answers)


def write(release: str, recording: Recording) -> None:
    answers = {
        title: {status: {path: "|".join(types) for path, types in shape.items()} for status, shape in by_status.items()}
        for title, by_status in recording.answers.items()
    }
    content = {"newest_microversion": recording.newest, "answers": answers}
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{release}.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def differences(recorded: Answers, found: Answers, *, null_optional: bool = False) -> list[str]:
    """Return a line for each difference.

    A difference is a request, a status or a key that only one side has, or another type.
    """
    lines = []
    for title in sorted(recorded.keys() | found.keys()):
        expected, present = recorded.get(title, {}), found.get(title, {})
        if expected.keys() != present.keys():
            statuses = " ".join(sorted(expected)) or "none", " ".join(sorted(present)) or "none"
            lines.append(f"{title}: recorded statuses {statuses[0]}, found {statuses[1]}")
        for status in sorted(expected.keys() & present.keys()):
            found_here = shapes.differences(expected[status], present[status], null_optional=null_optional)
            lines.extend(f"{title} -> {status}: {line}" for line in found_here)
    return lines
