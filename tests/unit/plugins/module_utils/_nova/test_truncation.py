# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nova cuts off long reasons. The collection marks these reasons."""

from __future__ import annotations

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._nova.truncation import mark_truncated


@pytest.mark.parametrize("text", ["", "No valid host was found.", "x" * 251])
def test_complete_text_stays(text: str) -> None:
    assert mark_truncated(text) == text


@pytest.mark.parametrize("text", ["x" * 255, "x" * 254, "ü" * 127])
def test_text_of_the_length_that_nova_stores_is_marked(text: str) -> None:
    assert mark_truncated(text).startswith(f"{text}… (Nova stores 255 bytes")


def test_spaces_at_the_ends_are_removed() -> None:
    """Nova's text about a missing host ends with a space. A sentence that quotes the text adds a period."""
    assert mark_truncated("No valid host was found. ") == "No valid host was found."
