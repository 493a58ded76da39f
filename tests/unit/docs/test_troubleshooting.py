# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/troubleshooting.md explains is what the collection says."""

from __future__ import annotations

import itertools
import re

import pytest
from ansible_collections.stackproof.migration.tests.docs.commands import ROOT

# Messages of others, which reach the user through us
FOREIGN = {
    "Policy doesn't allow …",
    "The supplied hypervisor type of is invalid",
    "Failed to import the required Python library (openstacksdk)",
    "Validation of arguments failed",
}
# "one string" "and the next", as Python puts them together
_JOINT = re.compile(r"""(["'])\s*\n\s*f?\1""")
_SPACE = re.compile(r"\s+")
_HEADING = re.compile(r"^### (.+)$", re.MULTILINE)
_FIRST_CELL = re.compile(r"^\| (`[^|]+`) \|", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")


def sources() -> str:
    """All that the collection may say, in one line."""
    files = itertools.chain(
        (ROOT / "plugins").rglob("*.py"),
        *((ROOT / "roles").rglob(pattern) for pattern in ("*.py", "*.yml", "*.j2")),
    )
    return "\n".join(_SPACE.sub(" ", _JOINT.sub("", path.read_text(encoding="utf-8"))) for path in files)


SAID = sources()
TEXT = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
MESSAGES = [
    message
    for place in [*_HEADING.findall(TEXT), *_FIRST_CELL.findall(TEXT)]
    for message in _CODE.findall(place)
    if message not in FOREIGN
]


@pytest.mark.parametrize("message", MESSAGES)
def test_it_is_said_somewhere(message: str) -> None:
    pieces = [_SPACE.sub(" ", piece).strip() for piece in message.split("…")]
    assert [piece for piece in pieces if piece not in SAID] == []


def test_messages_are_found() -> None:
    assert len(MESSAGES) > 40
