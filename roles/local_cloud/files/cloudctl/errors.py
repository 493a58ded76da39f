# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors that are shown to the user of the role."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TAIL_LINES = 15
# A program with faults prints FAULTS_ACTIVE at its start, or FAULT_REFUSED if a fault does not fit.
FAULTS_ACTIVE = "##### BROKEN ON PURPOSE"
FAULT_REFUSED = "local_cloud_faults: "


class CloudError(Exception):
    """An error that the user can correct."""


class CancelledError(CloudError):
    """The work was cancelled, for example by Ctrl-C."""


def log_tail(path: Path, lines: int = TAIL_LINES) -> str:
    """Return the last lines of a log."""
    try:
        with path.open(encoding="utf-8", errors="replace") as log:
            tail = collections.deque(log, maxlen=lines)
    except FileNotFoundError:
        return "    (no log yet)"
    return "\n".join(f"    {line.rstrip()}" for line in tail) or "    (the log is empty)"


def refused_fault(path: Path) -> str:
    """Return the reason why a program did not load its fault for tests, or an empty text.

    The function reads only the log lines since the last start of the program.
    """
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    for line in reversed(lines):
        if line.startswith(FAULT_REFUSED):
            return line.removeprefix(FAULT_REFUSED)
        if line.startswith(FAULTS_ACTIVE):
            break
    return ""


def with_log(message: str, path: Path) -> str:
    """Return the message together with the last lines of the log file and the path of the log file."""
    return f"{message}\n  Last lines of the log:\n{log_tail(path)}\n  Log file: {path}"
