# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every message in docs/troubleshooting.md exists in the collection."""

from __future__ import annotations

import itertools
import re

import pytest
from ansible_collections.stackproof.migration.tests.docs.commands import ROOT

# Messages of Nova and Ansible
FOREIGN = {
    "Policy doesn't allow …",
    "The supplied hypervisor type of is invalid",
    "Failed to import the required Python library (openstacksdk)",
    "Validation of arguments failed",
}
# Python concatenates two adjacent string literals. This pattern matches the text between them.
_JOINT = re.compile(r"""(["'])\s*\n\s*f?\1""")
_SPACE = re.compile(r"\s+")
_HEADING = re.compile(r"^### (.+)$", re.MULTILINE)
_FIRST_CELL = re.compile(r"^\| (`[^|]+`) \|", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")


def sources() -> str:
    """Return the source files of the collection, with whitespace collapsed."""
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
def test_message_exists_in_source(message: str) -> None:
    pieces = [_SPACE.sub(" ", piece).strip() for piece in message.split("…")]
    assert [piece for piece in pieces if piece not in SAID] == []


def test_page_has_messages() -> None:
    assert len(MESSAGES) > 40
