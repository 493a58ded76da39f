# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Text lines for the summaries that the roles print."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._module.cloud_label import cloud_label

if TYPE_CHECKING:
    from collections.abc import Mapping

_LABEL_WIDTH = 10
_WRAP_WIDTH = 68


def cloud_text(cloud: Any, place: Mapping[str, Any] | None) -> str:
    """Return the name of a cloud, with its region and Identity URL if they are known.

    ``cloud`` is the input that names the cloud. ``place`` is the result ``cloud`` of a module, or None.
    """
    region, auth_url = (place or {}).get("region"), (place or {}).get("auth_url")
    label = cloud_label(cloud).removeprefix("cloud ")
    url = str(auth_url) if auth_url and str(auth_url) not in label else ""
    return ", ".join(part for part in (label, f"region {region}" if region else "", url) if part)


def line(label: str, text: object) -> str:
    """Return a line with a label in a column of its own."""
    return f"{label:<{_LABEL_WIDTH}} {text}".rstrip()


def wrapped(label: str, text: str) -> list[str]:
    """Return the lines of a long text. Only the first line has the label."""
    parts = textwrap.wrap(text, _WRAP_WIDTH, break_long_words=False, break_on_hyphens=False)
    return [line(label if number == 0 else "", part) for number, part in enumerate(parts)]


def report_file(name: str, *folders: Mapping[str, Any] | None, check_mode: bool) -> str:
    """Return the path of the report file ``name``, or an empty string in check mode or without a folder.

    ``folders`` are results of a module that writes the report. The first usable folder contains the report.
    """
    if check_mode:
        return ""
    usable = (one["directory"] for one in folders if one and one.get("directory") and not one.get("failed"))
    return next((f"{directory}/{name}" for directory in usable), "")
