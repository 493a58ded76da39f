# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Write lines about the progress of a module to a file."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

# A line that begins with this text is a warning.
WARNING = "WARNING: "


def line_writer(path: str) -> Callable[[str], None]:
    """Return a function that appends one line to the file and ignores errors.

    Raise InputError if the file cannot be written.
    """
    file = Path(path)
    try:
        with file.open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise InputError(f"progress_file: {path} cannot be written: {error.strerror}. Choose another path.") from error

    def write(text: str) -> None:
        with contextlib.suppress(OSError), file.open("a", encoding="utf-8") as out:
            out.write(f"{text}\n")

    return write
