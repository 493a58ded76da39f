# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Pure functions that read the start of the period which the audit looks at."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._nova.timestamps import read_time

_PERIOD = re.compile(r"(?P<number>[0-9]{1,5})(?P<unit>[hd])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}
FORM = "a time in ISO 8601 or a period such as 7d or 12h"


def period_of(since: str) -> timedelta | None:
    """Return the length of a period such as 7d or 12h. Return None for any other text."""
    found = _PERIOD.fullmatch(since.strip())
    return None if found is None else int(found["number"]) * _UNITS[found["unit"]]


def start_of(since: str, now: datetime) -> datetime:
    """Return the start of the period. Raise InputError if the text has another form, or names a time in the future."""
    period = period_of(since)
    if period is not None:
        return now - period
    start = read_time(since)
    if start is None:
        raise InputError(f"since must be {FORM}, found {since!r}.")
    if start > now:
        raise InputError(f"since must not be in the future, found {since!r}. Set it to an earlier time.")
    return start
