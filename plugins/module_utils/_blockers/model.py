# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Data classes for the reasons why Nova cannot move a server."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import Port

# Nova refuses the move of this user in this release.
CERTAIN = "certain"
# The move usually fails, but a setting that the API does not show can allow it.
LIKELY = "likely"
# The API does not show whether the move works.
UNKNOWN = "unknown"
CERTAINTIES = (CERTAIN, LIKELY, UNKNOWN)

LIVE_MOVE, COLD_MOVE = "live", "cold"
BOTH = (LIVE_MOVE, COLD_MOVE)


@dataclass(frozen=True)
class Blocker:
    """A reason why a server cannot leave its compute host."""

    # A name for programs, such as "vtpm".
    reason: str
    certainty: str
    # The problem as a sentence.
    detail: str
    # The action that removes the blocker, as a sentence.
    remedy: str
    # Whether the blocker ends without an action of the operator, such as the build of a server.
    temporary: bool = False

    def as_result(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if key != "temporary"}

    @property
    def sentence(self) -> str:
        return f"{self.detail} {self.remedy}".rstrip()


@dataclass(frozen=True)
class ServerFacts:
    """What the API shows about a server. A value is None if the user may not see it."""

    # The result of nova.servers.view.
    server: Mapping[str, Any]
    flavor: Mapping[str, Any] = field(default_factory=dict)
    # The properties of the image with which the server was booted.
    image: Mapping[str, Any] | None = None
    from_volume: bool = False
    ports: Sequence[Port] | None = None
    # The compute hosts of the volume attachments of the server, by volume id.
    attachments: Mapping[str, Sequence[str]] | None = None
    # The number of file shares that are attached to the server.
    shares: int | None = None
    # The record of a cold migration that waits for its confirmation.
    cold_record: Mapping[str, Any] | None = None

    @property
    def extra_specs(self) -> Mapping[str, str]:
        return self.flavor.get("extra_specs") or {}

    def requests(self, extra_spec: str, image_property: str) -> str | None:
        """Return the value that the flavor or the image sets for a property, or None."""
        value = self.extra_specs.get(extra_spec)
        if value is None:
            value = (self.image or {}).get(image_property)
        return None if value is None else str(value)


@dataclass(frozen=True)
class MoveContext:
    """The cloud, the user and the options of the move."""

    # The oldest and the newest Nova release that the cloud can have, as major versions. 34 is OpenStack 2026.2.
    releases: tuple[int, int]
    # Whether the user has the role admin.
    is_admin: bool = True
    # The option block_migration of the live migration.
    block_migration: str | bool = "auto"
    cold_allowed: bool = True


@dataclass(frozen=True)
class Rule:
    """One reason for which Nova refuses a move, with the releases for which it holds."""

    reason: str
    judge: Callable[[ServerFacts, MoveContext], Blocker | None]
    # The place in the source code of Nova where the move is refused.
    source: str
    # The first and the last Nova release with this rule. None means that Nova's newest code contains the rule.
    since: int = 12
    until: int | None = None
    moves: tuple[str, ...] = BOTH

    def applies_to(self, releases: tuple[int, int]) -> bool:
        """Return whether the rule holds for at least one of the possible releases."""
        oldest, newest = releases
        return newest >= self.since and (self.until is None or oldest <= self.until)

    def covers(self, releases: tuple[int, int]) -> bool:
        """Return whether the rule holds for all possible releases."""
        oldest, newest = releases
        return oldest >= self.since and (self.until is None or newest <= self.until)
