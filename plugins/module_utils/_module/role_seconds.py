# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""A pure function that calculates how long a role has run."""

from __future__ import annotations


def between(started: float | str, ended: float | str) -> float:
    """Return the seconds from ``started`` to ``ended``, rounded to tenths.

    Both times are in seconds since 1970. Before ansible-core 2.19, both times are strings.
    """
    return round(float(ended) - float(started), 1)
