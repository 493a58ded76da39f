# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that decide whether a cloud offers what a scenario requires."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import parsed
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.definition import AUTO
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.plan import places_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import Profile, ScenarioRun


# A run uses at least this number of hosts, if the cloud has them.
_HOSTS = 3
# Each cloud with live migrations has so many hosts.
_MIN_HOSTS = 2


@dataclass(frozen=True)
class CloudFacts:
    """What the run knows about the cloud before it boots servers."""

    # The names of the usable compute hosts, and why other hosts are not usable.
    hosts: tuple[str, ...]
    unusable: Mapping[str, str] = field(default_factory=dict)
    # Why the user may not read the hosts. Empty if the hosts are known.
    why_no_hosts: str = ""
    # The availability zone of each host.
    zones: Mapping[str, str] = field(default_factory=dict)
    # So many servers may exist at the same time. Each of the hosts has room for all of them.
    max_servers: int = 20
    newest: str = "2.1"
    # The oldest and the newest version of Nova that the cloud can have.
    versions: tuple[int, int] = (0, 99)
    administrator: bool = False
    volumes: bool = False
    # The networks that ports can be on, in the order in which the run uses them.
    networks: tuple[str, ...] = ()
    why_no_network: str = ""
    # Why the run cannot copy the image. Empty if it can.
    why_no_own_image: str = ""
    # What the user of this collection allows.
    same_host_resize: bool = False
    disruptive: bool = False
    # By profile: why the cloud cannot offer it.
    profile_problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class HostRoom:
    """The hosts that a run uses, and the number of servers that may exist at the same time."""

    hosts: tuple[str, ...]
    unusable: Mapping[str, str]
    zones: Mapping[str, str]
    max_servers: int
    why_no_hosts: str = ""


def share_room(
    room: Mapping[str, int | None], unusable: Mapping[str, str], zones: Mapping[str, str], max_servers: int
) -> HostRoom:
    """Return the hosts that a run uses.

    ``room`` contains the number of servers that fit on each usable host, or None if it is not known. At most so many
    servers may exist that each host has room for all of them. Otherwise a migration could fail because of other servers
    of the run. Hosts with less room than the third largest host are not used, so that a full host does not limit a run.
    """
    known = {host: max_servers if number is None else number for host, number in room.items()}
    largest = sorted(known.values(), reverse=True)[:_HOSTS]
    limit = min([*largest, max_servers])
    small = {
        host: f"it has room for {number} servers, and the run needs room for {limit}"
        for host, number in known.items()
        if number < limit
    }
    hosts = tuple(host for host in known if host not in small)
    return HostRoom(hosts, {**unusable, **small}, zones, limit)


def servers_within_quota(limits: Mapping[str, int], flavor: Mapping[str, Any], most: int) -> int:
    """Return how many servers of the flavor the project may boot, at most ``most``.

    ``limits`` is the part ``absolute`` of Nova's answer. A negative limit means that there is no limit.
    """
    keys = (
        ("maxTotalInstances", "totalInstancesUsed", 1),
        ("maxTotalCores", "totalCoresUsed", flavor["vcpus"]),
        ("maxTotalRAMSize", "totalRAMUsed", flavor["ram"]),
    )
    fitting = [
        (limits[limit] - limits.get(used, 0)) // amount
        for limit, used, amount in keys
        if limits.get(limit, -1) >= 0 and amount
    ]
    return max(0, min([most, *fitting]))


def why_not_applicable(run: ScenarioRun, facts: CloudFacts) -> str | None:
    """Return the first precondition that is not met, as a sentence. Return None if all of them are met."""
    requires = {**run.scenario.preconditions, **_of_profile(run.profile, run.scenario.preconditions)}
    for name, value in requires.items():
        problem: str | None = _PRECONDITIONS[name](value, facts)
        if problem:
            return problem
    servers = places_of(run)
    if servers > facts.max_servers:
        return (
            f"The scenario needs room for {servers} servers, but only {facts.max_servers} fit on each host and into the"
            " quota of the project. Delete servers, choose a smaller flavor, or raise the quota or max_servers."
        )
    return facts.profile_problems.get(run.profile.name)


def _of_profile(profile: Profile, preconditions: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if profile.devices.all_volumes:
        found["volumes"] = True
    automatic = profile.devices.all_networks().count(AUTO)
    if automatic:
        found["networks"] = max(automatic, int(preconditions.get("networks", 0)))
    return found


def _hosts(number: int, facts: CloudFacts) -> str | None:
    if facts.why_no_hosts and number > _MIN_HOSTS:
        return (
            f"The scenario needs {number} usable compute hosts, and this user may not read them. {facts.why_no_hosts}"
        )
    if len(facts.hosts) >= number or facts.why_no_hosts:
        return None
    others = "".join(f" {host}: {why}." for host, why in list(facts.unusable.items())[:3])
    return f"The scenario needs {number} usable compute hosts, found {len(facts.hosts)}.{others}"


def _named_hosts(_needed: bool, facts: CloudFacts) -> str | None:
    if facts.why_no_hosts:
        return f"The scenario names compute hosts, and this user may not read them. {facts.why_no_hosts}"
    return None


def _networks(number: int, facts: CloudFacts) -> str | None:
    if len(facts.networks) >= number:
        return None
    return f"The scenario needs a network for its ports. {facts.why_no_network}".rstrip()


def _volumes(_needed: bool, facts: CloudFacts) -> str | None:
    return None if facts.volumes else "The cloud has no Block Storage service (Cinder)."


def _administrator(_needed: bool, facts: CloudFacts) -> str | None:
    return None if facts.administrator else "The user does not have the role admin."


def _own_flavors(_needed: bool, facts: CloudFacts) -> str | None:
    return None if facts.administrator else "Only users with the role admin may create a private flavor."


def _own_images(_needed: bool, facts: CloudFacts) -> str | None:
    return facts.why_no_own_image or None


def _same_host_resize(_needed: bool, facts: CloudFacts) -> str | None:
    if facts.same_host_resize:
        return None
    return "It is not known that the cloud allows a resize on the same host. If it does, set same_host_resize."


def _disruptive(_needed: bool, facts: CloudFacts) -> str | None:
    if facts.disruptive:
        return None
    return "The scenario changes objects that other users share. To allow this, set allow_disruptive."


def _microversion(needed: str, facts: CloudFacts) -> str | None:
    if parsed(facts.newest) >= parsed(needed):
        return None
    return f"The scenario needs the Compute microversion {needed}. The newest of this cloud is {facts.newest}."


_PRECONDITIONS: dict[str, Any] = {
    "hosts": _hosts,
    "named_hosts": _named_hosts,
    "networks": _networks,
    "volumes": _volumes,
    "administrator": _administrator,
    "own_flavors": _own_flavors,
    "own_images": _own_images,
    "same_host_resize": _same_host_resize,
    "disruptive": _disruptive,
    "microversion": _microversion,
}


def network_names(profile: Profile, networks: Sequence[str]) -> list[str]:
    """Return the networks of the servers of a profile. The text ``auto`` stands for the next network of the run.

    If the cloud has fewer networks than the profile has ports, several ports are on the first network.
    """
    if isinstance(profile.devices.networks, str):
        return []
    unused = list(networks)
    return [(unused.pop(0) if unused else networks[0]) if name == AUTO else name for name in profile.devices.networks]
