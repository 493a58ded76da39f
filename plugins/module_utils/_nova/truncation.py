# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Mark a text that Nova has cut off at its maximum length."""

from __future__ import annotations

# Nova stores at most this many bytes of an error text (nova.compute.utils.exception_to_dict).
STORED_BYTES = 255
# When Nova cuts a text, nova.utils.safe_truncate also removes an incomplete character.
_LONGEST_INCOMPLETE_CHARACTER = 3


def mark_truncated(text: str) -> str:
    """Remove spaces at both ends of an error text. Append a note if Nova has cut off the text."""
    if len(text.encode()) < STORED_BYTES - _LONGEST_INCOMPLETE_CHARACTER:
        return text.strip()
    return f"{text}… (Nova stores {STORED_BYTES} bytes. The log of the service contains the whole text.)"
