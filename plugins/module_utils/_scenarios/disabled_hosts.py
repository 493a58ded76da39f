# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions for the disabled reason of a compute service that a scenario disables.

The reason contains the metadata of the run, so that a later run can enable the service again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PREFIX = "scenario of stackproof.migration"
_PATTERN = re.compile(rf"^{_PREFIX} \[(?P<mark>[^\]]*)\]$")


def reason_of(mark: Mapping[str, str]) -> str:
    """Return the disabled reason for a run with this metadata."""
    return f"{_PREFIX} [{', '.join(f'{key}={value}' for key, value in mark.items())}]"


def disabled(services: Iterable[Mapping[str, Any]]) -> list[tuple[str, dict[str, str]]]:
    """Return the hosts whose compute services a scenario has disabled, with the metadata of their runs."""
    found = []
    for service in services:
        match = _PATTERN.match(str(service.get("disabled_reason") or ""))
        if match is not None and service.get("status") == "disabled":
            pairs = (part.partition("=") for part in match["mark"].split(", "))
            found.append((str(service["host"]), {key: value for key, _equals, value in pairs}))
    return found
