# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""The microversions of Nova, Placement and Cinder, and pure functions that choose a microversion for a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import MicroversionError

if TYPE_CHECKING:
    from collections.abc import Mapping

Version = tuple[int, int]

# The newest microversion of each Nova release. The source is Nova's API version history.
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
# These releases added no microversion, so the API cannot tell them from the release with the same newest microversion.
_SECOND_RELEASES: dict[Version, str] = {
    (2, 87): "Victoria",
    (2, 90): "Yoga",
    (2, 95): "2023.2",
    (2, 96): "2024.2",
    (2, 100): "2025.2",
}
# The Nova versions with this newest microversion, as major versions. Some releases added no microversion.
_NOVA_VERSIONS: tuple[tuple[Version, tuple[int, int]], ...] = (
    ((2, 1), (11, 11)),
    ((2, 12), (12, 12)),
    ((2, 25), (13, 13)),
    ((2, 38), (14, 14)),
    ((2, 42), (15, 15)),
    ((2, 53), (16, 16)),
    ((2, 60), (17, 17)),
    ((2, 65), (18, 18)),
    ((2, 72), (19, 19)),
    ((2, 79), (20, 20)),
    ((2, 87), (21, 22)),
    ((2, 88), (23, 23)),
    ((2, 90), (24, 25)),
    ((2, 93), (26, 26)),
    ((2, 95), (27, 28)),
    ((2, 96), (29, 30)),
    ((2, 100), (31, 32)),
    ((2, 103), (33, 33)),
    ((2, 104), (34, 34)),
)
# A cloud with a newer microversion than this table has at least this Nova version.
_UNRELEASED_NOVA = (34, 99)
# Messages name the OpenStack release for microversion 2.65 and newer.
_OLDEST_NAMED = (2, 65)


@dataclass(frozen=True)
class MicroversionRequirement:
    """The microversions of Nova that one kind of request can use."""

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
ABORT_WAITING = MicroversionRequirement("aborting a live migration in status queued or preparing", (2, 65), (2, 96))
FORCE_COMPLETE = MicroversionRequirement("forcing a live migration to complete", (2, 22), (2, 96))
SERVERS = MicroversionRequirement("server details with reservation ids", (2, 3), (2, 96))
# Newer microversions add the flavor, the volumes and the zone request, for which Nova needs half again as much time.
SERVERS_WITH_HOSTS = MicroversionRequirement("server details with hosts and tasks", (2, 1), (2, 3))
# Since microversion 2.98, Nova returns the properties of the image with each server.
SERVERS_WITH_IMAGE_PROPERTIES = MicroversionRequirement("server details with image properties", (2, 3), (2, 98))
# Since microversion 2.96, Nova also reads the boot request of each server in this list.
SERVER_IDS = MicroversionRequirement("servers without details", (2, 1), (2, 95))
SERVERS_WITH_TAGS = MicroversionRequirement("listing servers by their tags", (2, 26), (2, 96))
BOOT = MicroversionRequirement("booting servers", (2, 3), (2, 96))
BOOT_WITHOUT_NETWORKS = MicroversionRequirement("booting servers with networks none or auto", (2, 37), (2, 96))
# Since microversion 2.74 (Train), a boot request can name a compute host, and the scheduler checks this host.
BOOT_ON_HOST = MicroversionRequirement("booting servers on named hosts", (2, 74), (2, 96))
BOOT_WITH_VOLUME_TYPE = MicroversionRequirement("booting servers with volumes of a named type", (2, 67), (2, 96))
KEEP_VOLUMES = MicroversionRequirement("volumes that Nova keeps when it deletes the server", (2, 85), (2, 96))
BOOT_WITH_TAGS = MicroversionRequirement("booting servers with tags", (2, 52), (2, 96))
CONSOLE = MicroversionRequirement("console output", (2, 1), (2, 96))
RESET_STATE = MicroversionRequirement("resetting the state of a server", (2, 1), (2, 96))
PAUSE = MicroversionRequirement("pausing servers", (2, 1), (2, 96))
ATTACH_PORT = MicroversionRequirement("attaching ports", (2, 1), (2, 96))
DELETE = MicroversionRequirement("deleting servers", (2, 1), (2, 96))
ACTIONS = MicroversionRequirement("instance actions with their events", (2, 51), (2, 84))
FLAVORS = MicroversionRequirement("flavors", (2, 1), (2, 61))
# Since microversion 2.88, Nova does not return the free memory and CPUs of hypervisors. It also asks each nova-compute
# for its uptime. If one nova-compute does not answer, the list of all hypervisors fails after rpc_response_timeout.
HYPERVISORS = MicroversionRequirement("hypervisors", (2, 53), (2, 87))
COMPUTE_SERVICES = MicroversionRequirement("compute services", (2, 11), (2, 96))
CHANGE_COMPUTE_SERVICES = MicroversionRequirement("compute services by their uuid", (2, 53), (2, 96))
LIMITS = MicroversionRequirement("limits", (2, 1), (2, 57))
AVAILABILITY_ZONES = MicroversionRequirement("availability zones", (2, 1), (2, 96))
KEY_PAIRS = MicroversionRequirement("key pairs", (2, 1), (2, 96))
FILE_SHARES = MicroversionRequirement("the file shares of a server", (2, 97), (2, 97))
SERVER_GROUPS = MicroversionRequirement("server groups", (2, 1), (2, 64))
# Since microversion 2.89 (Xena), Nova returns the id of the attachment in Cinder.
VOLUME_ATTACHMENTS = MicroversionRequirement("attachments of volumes", (2, 1), (2, 96))
AGGREGATES = MicroversionRequirement("host aggregates", (2, 1), (2, 40))

# Since microversion 1.14 (Queens), Placement returns the root provider of each resource provider.
PLACEMENT = "1.14"
# Placement can filter resource providers by traits since this microversion (Rocky).
PLACEMENT_REQUIRED_TRAITS = "1.18"
# Placement returns nested resource providers in allocation candidates since this microversion (Rocky).
PLACEMENT_NESTED_CANDIDATES = "1.29"

# Placement deletes the allocations of a consumer with PUT, guarded by its generation, since this microversion (Rocky).
PLACEMENT_CONSUMER_GENERATIONS = "1.28"
# Placement returns the type of a consumer since this microversion (Xena).
PLACEMENT_CONSUMER_TYPES = "1.38"

# Cinder lists the attachments of volumes since this microversion (Pike).
BLOCK_STORAGE = "3.27"


def release_with(version: Version) -> str:
    """Return the OpenStack release that introduced a microversion."""
    for newest, name in _RELEASES:
        if version <= newest:
            return name
    return "a later release"


def release_of(newest: str) -> str | None:
    """Return the OpenStack release that has this newest Compute microversion, or None if unknown.

    Two releases can have the same newest microversion. The result then contains both, for example 2025.1 or 2025.2.
    """
    version = parsed(newest)
    known = [(last, name) for last, name in _RELEASES if _OLDEST_NAMED <= last <= version]
    if not known:
        return None
    last, name = known[-1]
    if last != version:
        return f"{name} or later"
    return f"{name} or {_SECOND_RELEASES[last]}" if last in _SECOND_RELEASES else name


def nova_releases(newest: Version) -> tuple[int, int]:
    """Return the oldest and the newest Nova version that a cloud with this newest microversion can have.

    The values are major versions. For example, 34 is OpenStack 2026.2.
    """
    for version, majors in _NOVA_VERSIONS:
        if newest <= version:
            return majors
    return _UNRELEASED_NOVA


def text(version: Version) -> str:
    return f"{version[0]}.{version[1]}"


def parsed(microversion: str) -> Version:
    """Parse a microversion. For example, "2.104" becomes (2, 104). Raise ValueError for any other text."""
    major, _dot, minor = microversion.partition(".")
    return int(major), int(minor)


def stated_in(headers: Mapping[str, str]) -> str | None:
    """Return the microversion in the headers of an answer. Return None when the headers contain no microversion."""
    for name in ("OpenStack-API-Version", "X-OpenStack-Nova-API-Version"):
        words = headers.get(name, "").split()
        if words:
            return words[-1]
    return None


@dataclass(frozen=True)
class MicroversionRange:
    """The oldest and the newest microversion that a cloud offers."""

    oldest: Version
    newest: Version

    def choose(self, need: MicroversionRequirement) -> str:
        """Return the newest microversion that the cloud and the collection support.

        Raise MicroversionError when there is no such microversion.
        """
        if self.newest < need.oldest:
            raise MicroversionError(
                f"Microversion too old for {need.what}: the Compute API of this cloud offers up to"
                f" {text(self.newest)}, but {text(need.oldest)} is required. Use a cloud with OpenStack"
                f" {release_with(need.oldest)} or newer.",
                service="compute",
            )
        if self.oldest > need.newest:
            problem = (
                f"Microversion too new for {need.what}: the Compute API of this cloud offers {text(self.oldest)} and"
                f" newer, but this collection supports up to {text(need.newest)}."
            )
            raise MicroversionError(
                f"{problem} Use a newer release of this collection.",
                service="compute",
            )
        return text(min(self.newest, need.newest))

    def offers(self, need: MicroversionRequirement) -> bool:
        return self.oldest <= need.newest and self.newest >= need.oldest


def limitations(version: MicroversionRange, *, names_host: bool) -> list[str]:
    """Return a warning for each test that is not possible with old microversions.

    ``names_host`` is false if the scheduler chooses all destinations.
    """
    warnings: list[str] = []
    if names_host and version.newest < (2, 30):
        warnings.append(
            f"Below microversion 2.30, a named host bypasses the scheduler. This cloud offers {text(version.newest)}."
            f" Therefore a successful migration to a named host does not test the scheduler."
        )
    if version.newest < (2, 34):
        warnings.append(
            f"This cloud offers microversion {text(version.newest)}."
            " Below microversion 2.34, Nova checks the hosts before it answers a migration request."
            " A refused request gets HTTP 400, and Nova creates no migration record."
        )
    return warnings
