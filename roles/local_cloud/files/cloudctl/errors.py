# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors with a message for the user of the role."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TAIL_LINES = 15
# Beginnings of two lines that faulting/sitecustomize.py writes into the log of a program: the first at the start of a
# program with faults, the second before it ends a program for which a fault does not fit.
FAULTS_ACTIVE = "##### BROKEN ON PURPOSE"
FAULT_REFUSED = "local_cloud_faults: "


class CloudError(Exception):
    """An error that the user can correct. The message names the problem, the cause and the action."""


class CancelledError(CloudError):
    """The work was cancelled because the caller has ended, for example by Ctrl-C or by a signal."""


def log_tail(path: Path, lines: int = TAIL_LINES) -> str:
    """Return the last lines of a log, indented, or a note that it is empty."""
    try:
        with path.open(encoding="utf-8", errors="replace") as log:
            tail = collections.deque(log, maxlen=lines)
    except FileNotFoundError:
        return "    (no log yet)"
    return "\n".join(f"    {line.rstrip()}" for line in tail) or "    (the log is empty)"


def refused_fault(path: Path) -> str:
    """Return why a fault did not fit at the last start of the program that writes this log. Empty if all faults fitted.

    The program must have faults. Then the log contains a line that begins with FAULTS_ACTIVE for each of its starts.
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
    """Return the message with the end of a log and its path."""
    return f"{message}\n  The end of its log:\n{log_tail(path)}\n  The whole log: {path}"
