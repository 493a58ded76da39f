# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Nova microversions: for each kind of request the oldest that serves and the newest we know."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import TooOldError

Version = tuple[int, int]

# The newest microversion of each release, as Nova's own history of its API tells; of two with the same, the first.
_RELEASES: tuple[tuple[Version, str], ...] = (
    ((2, 1), "Kilo"),
    ((2, 12), "Liberty"),
    ((2, 25), "Mitaka"),
    ((2, 38), "Newton"),
    ((2, 42), "Ocata"),
    ((2, 53), "Pike"),
    ((2, 60), "Queens"),
    ((2, 65), "Rocky"),
    ((2, 72), "Stein"),
    ((2, 79), "Train"),
    ((2, 87), "Ussuri"),
    ((2, 88), "Wallaby"),
    ((2, 90), "Xena"),
    ((2, 93), "Zed"),
    ((2, 95), "2023.1"),
    ((2, 96), "2024.1"),
    ((2, 100), "2025.1"),
    ((2, 103), "2026.1"),
    ((2, 104), "2026.2"),
)
# Releases before this one are not told: a cloud so old is named by its microversions alone.
_OLDEST_TOLD = (2, 65)


@dataclass(frozen=True)
class MicroversionRequirement:
    """One kind of request: what it is, the oldest microversion that serves, the newest we know."""

    what: str
    oldest: Version
    newest: Version


LIVE_MIGRATE = MicroversionRequirement("live migration with block_migration=auto", (2, 25), (2, 96))
COLD_MIGRATE = MicroversionRequirement("cold migration", (2, 1), (2, 96))
COLD_MIGRATE_TO_HOST = MicroversionRequirement("cold migration to a named host", (2, 56), (2, 96))
CONFIRM = MicroversionRequirement("confirming a cold migration", (2, 1), (2, 96))
LIST_MIGRATIONS = MicroversionRequirement("migration records that name their type", (2, 23), (2, 80))
MIGRATIONS_IN_PROGRESS = MicroversionRequirement("live migrations in progress", (2, 23), (2, 80))
ABORT = MicroversionRequirement("aborting a running live migration", (2, 24), (2, 96))
ABORT_WAITING = MicroversionRequirement("aborting a live migration that waits in queued or preparing", (2, 65), (2, 96))
FORCE_COMPLETE = MicroversionRequirement("forcing a live migration to complete", (2, 22), (2, 96))
SERVERS = MicroversionRequirement("server details with reservation ids", (2, 3), (2, 96))
BOOT = MicroversionRequirement("booting servers", (2, 3), (2, 96))
BOOT_WITHOUT_NETWORKS = MicroversionRequirement("booting servers with networks none or auto", (2, 37), (2, 96))
CONSOLE = MicroversionRequirement("console output", (2, 1), (2, 96))
RESET_STATE = MicroversionRequirement("resetting the state of a server", (2, 1), (2, 96))
DELETE = MicroversionRequirement("deleting servers", (2, 1), (2, 96))
ACTIONS = MicroversionRequirement("instance actions with their events", (2, 51), (2, 84))
FLAVORS = MicroversionRequirement("flavors", (2, 1), (2, 61))
# From 2.88 on hypervisors no longer tell their free memory and CPUs.
HYPERVISORS = MicroversionRequirement("hypervisors", (2, 53), (2, 87))
COMPUTE_SERVICES = MicroversionRequirement("compute services", (2, 11), (2, 96))
CHANGE_COMPUTE_SERVICES = MicroversionRequirement("compute services by their uuid", (2, 53), (2, 96))
LIMITS = MicroversionRequirement("limits", (2, 1), (2, 57))
AVAILABILITY_ZONES = MicroversionRequirement("availability zones", (2, 1), (2, 96))
KEY_PAIRS = MicroversionRequirement("key pairs", (2, 1), (2, 96))
SERVER_GROUPS = MicroversionRequirement("server groups", (2, 1), (2, 64))
AGGREGATES = MicroversionRequirement("host aggregates", (2, 1), (2, 40))

# Placement: root providers and allocation candidates, both there since Queens.
PLACEMENT = "1.14"
# Resource providers by their traits, there since Rocky
PLACEMENT_REQUIRED_TRAITS = "1.18"
# Allocation candidates with traits and nested providers, there since Rocky
PLACEMENT_NESTED_CANDIDATES = "1.29"


def release_with(version: Version) -> str:
    """The release that brings a microversion."""
    for newest, name in _RELEASES:
        if version <= newest:
            return name
    return "a later release"


def release_of(newest: str) -> str | None:
    """The release of a cloud, as far as its newest microversion tells."""
    version = parsed(newest)
    known = [(last, name) for last, name in _RELEASES if _OLDEST_TOLD <= last <= version]
    if not known:
        return None
    last, name = known[-1]
    return name if last == version else f"{name} or later"


def text(version: Version) -> str:
    return f"{version[0]}.{version[1]}"


def parsed(words: str) -> Version:
    """From "2.104"."""
    major, _dot, minor = words.partition(".")
    return int(major), int(minor)


@dataclass(frozen=True)
class MicroversionRange:
    """What a cloud offers."""

    oldest: Version
    newest: Version

    def choose(self, need: MicroversionRequirement) -> str:
        """The newest microversion that both sides know."""
        if self.newest < need.oldest:
            raise TooOldError(
                f"This cloud's Compute API ends at microversion {text(self.newest)}, but {need.what} needs"
                f" {text(need.oldest)}, which the OpenStack release {release_with(need.oldest)} brings.",
                service="compute",
            )
        if self.oldest > need.newest:
            raise TooOldError(
                f"This cloud's Compute API begins at microversion {text(self.oldest)}, but this collection knows"
                f" {need.what} up to {text(need.newest)} only: use a newer release of the collection.",
                service="compute",
            )
        return text(min(self.newest, need.newest))

    def offers(self, need: MicroversionRequirement) -> bool:
        return self.oldest <= need.newest and self.newest >= need.oldest


def blind_spots(version: MicroversionRange, host: str | None) -> list[str]:
    """What a live migration at this microversion cannot show."""
    warnings: list[str] = []
    if host is not None and version.newest < (2, 30):
        warnings.append(
            f"Below microversion 2.30 (this cloud: {text(version.newest)}) a named host bypasses the scheduler:"
            f" a migration to {host} that succeeds says nothing about scheduling."
        )
    if version.newest < (2, 34):
        warnings.append(
            f"Below microversion 2.34 (this cloud: {text(version.newest)}) Nova checks before it answers:"
            " a refusal arrives as HTTP 400 and leaves no migration record."
        )
    return warnings
