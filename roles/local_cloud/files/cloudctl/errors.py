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
# faulting/sitecustomize.py writes lines that begin with these texts into the log of a program. It writes the first text
# when a program with faults starts. It writes the second text when a fault does not fit and the program ends.
FAULTS_ACTIVE = "##### BROKEN ON PURPOSE"
FAULT_REFUSED = "local_cloud_faults: "


class CloudError(Exception):
    """An error that the user can correct. The message names the problem, the cause and the action."""


class CancelledError(CloudError):
    """The work was cancelled because the caller has ended, for example by Ctrl-C or by a signal."""


def log_tail(path: Path, lines: int = TAIL_LINES) -> str:
    """Return the last lines of a log, indented. If the log is empty, return a note."""
    try:
        with path.open(encoding="utf-8", errors="replace") as log:
            tail = collections.deque(log, maxlen=lines)
    except FileNotFoundError:
        return "    (no log yet)"
    return "\n".join(f"    {line.rstrip()}" for line in tail) or "    (the log is empty)"


def refused_fault(path: Path) -> str:
    """Return why a fault did not fit at the last start of a program. Return an empty text if all faults fitted.

    ``path`` is the log of the program. The program must have faults. Only then does each start write a line that begins
    with FAULTS_ACTIVE into the log.
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
    """Return the message, followed by the last lines of a log and its path."""
    return f"{message}\n  The end of its log:\n{log_tail(path)}\n  The whole log: {path}"
