# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that suggest the correct spelling of a name."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def did_you_mean(name: str, names: Sequence[str]) -> str:
    """Return a question such as "Did you mean compute1?", or an empty string if no name is similar."""
    near = get_close_matches(name, names, n=1)
    return f"Did you mean {near[0]}?" if near else ""
