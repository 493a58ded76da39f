# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that mark texts that Nova has shortened because of their length."""

from __future__ import annotations

# Nova stores this many bytes of a fault message, and of the details of an event. Source:
# nova.compute.utils.exception_to_dict
STORED_BYTES = 255
# nova.utils.safe_truncate also removes an incomplete character at the end of the text.
_LONGEST_INCOMPLETE_CHARACTER = 3


def mark_truncated(text: str) -> str:
    """Return the text. If Nova has shortened the text, add a note. The last word may be incomplete."""
    if len(text.encode()) < STORED_BYTES - _LONGEST_INCOMPLETE_CHARACTER:
        return text
    return f"{text}… (Nova stores {STORED_BYTES} bytes of a reason; the log of the service has the rest)"
