# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: what a consumer holds in Placement. Resources are amounts by resource class (VCPU, MEMORY_MB, DISK_GB)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


Resources = dict[str, int]


@dataclass(frozen=True)
class Provider:
    """A resource provider; the root of a compute host's tree bears the hypervisor's name."""

    uuid: str
    name: str
    root_uuid: str


@dataclass(frozen=True)
class Held:
    """What one consumer holds of one provider."""

    provider: str
    root: str
    resources: Resources


def by_provider(held: Iterable[Held]) -> dict[str, Resources]:
    return {part.provider: part.resources for part in held}


def roots(held: Iterable[Held]) -> list[str]:
    return sorted({part.root for part in held})
