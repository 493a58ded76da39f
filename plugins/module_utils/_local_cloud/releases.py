# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that decide which OpenStack releases can be in one cloud, and which release can follow another.

Nova supports compute hosts of the release before its own (``OLDEST_SUPPORTED_SERVICE_VERSION`` in
``nova/objects/service.py``), and SLURP releases also support an upgrade from the SLURP release before.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Every second release is a SLURP release (Skip Level Upgrade Release Process).
SLURP_DISTANCE = 2
# The key of the controllers in the releases of an existing cloud. The other keys are names of compute hosts.
CONTROLLERS = "controllers"


@dataclasses.dataclass(frozen=True)
class Release:
    """The place of a release in the order of the releases.

    ``nova`` is the major version of Nova. ``slurp`` is true for a release that can be upgraded to the next but one.
    """

    name: str
    nova: int
    slurp: bool

    @classmethod
    def of(cls, variables: Mapping[str, Any]) -> Release:
        """Return a release. ``variables`` is the content of its file in ``vars/releases``."""
        return cls(str(variables["name"]), int(variables["nova"]), bool(variables["slurp"]))

    def supports(self, older: Release) -> bool:
        """Return whether Nova of this release works together with nova-compute of the other release."""
        distance = self.nova - older.nova
        return distance in (0, 1) or (distance == SLURP_DISTANCE and self.slurp and older.slurp)


@dataclasses.dataclass(frozen=True)
class Releases:
    """All releases that the role supports."""

    by_name: Mapping[str, Release]

    @classmethod
    def of(cls, variables: Mapping[str, Mapping[str, Any]]) -> Releases:
        """Return the releases. ``variables`` contains the variables of each release by its name."""
        return cls({name: Release.of(content) for name, content in variables.items()})

    def __getitem__(self, name: str) -> Release:
        return self.by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def supported_by(self, newer: str) -> list[str]:
        """Return the names of the releases that compute hosts can have with controllers of the given release."""
        usable = [release for release in self.by_name.values() if self[newer].supports(release)]
        return [release.name for release in sorted(usable, key=lambda release: -release.nova)]

    def next_of(self, name: str) -> list[str]:
        """Return the names of the releases to which controllers of the given release can be upgraded."""
        usable = [item for item in self.by_name.values() if item.nova > self[name].nova and item.supports(self[name])]
        return [release.name for release in sorted(usable, key=lambda release: release.nova)]

    @property
    def rule(self) -> str:
        """The rule of Nova as text."""
        names = [item.name for item in sorted(self.by_name.values(), key=lambda item: item.nova) if item.slurp]
        return (
            "Nova supports compute hosts of the release of the controllers and of the release before. If both are "
            f"SLURP releases ({', '.join(names)}), Nova also supports the second release before."
        )


def mix_problems(controllers: str, hosts: Sequence[str], releases: Releases) -> list[str]:
    """Return a message for each release of compute hosts that Nova does not support.

    ``controllers`` is the release of the controllers. ``hosts`` contains the release of each compute host.
    """
    problems = []
    for number, release in enumerate(hosts, start=1):
        if releases[controllers].supports(releases[release]):
            continue
        newer = releases[release].nova > releases[controllers].nova
        problems.append(
            f"local_cloud_hosts: compute{number} has release={release}, and the controllers have "
            f"local_cloud_release={controllers}. "
            f"{'A compute host cannot be newer than the controllers. ' if newer else ''}{releases.rule} "
            f"Choose one of {', '.join(releases.supported_by(controllers))} for this host."
        )
    return problems


def change_problems(found: Mapping[str, str], controllers: str, hosts: Sequence[str], releases: Releases) -> list[str]:
    """Return why an existing cloud cannot change to these releases.

    ``found`` contains the releases of the existing cloud, by ``controllers`` and by the names of the hosts. It is empty
    without a cloud.
    """
    wanted = {f"compute{number}": release for number, release in enumerate(hosts, start=1)}
    before = found.get(CONTROLLERS, "")
    if before in releases and (problem := _controllers_problem(before, controllers, releases)):
        return [problem]
    problems = []
    existing = {host: name for host, name in found.items() if host != CONTROLLERS and name in releases}
    for host, release in wanted.items():
        if host in existing and releases[release].nova < releases[existing[host]].nova:
            problems.append(
                f"local_cloud_hosts: {host} has release={release}, but it already runs {existing[host]}. Nova supports "
                f"no downgrade. Keep release={existing[host]}, or remove the cloud (local_cloud_state=absent) and "
                "start a new one."
            )
    kept = [releases[name] for name in existing.values()]
    if kept:
        oldest = min(kept, key=lambda item: item.nova)
        problems += [
            f"local_cloud_hosts: {host} is a new host with release={release}, and all existing hosts are newer "
            f"(oldest={oldest.name}). Nova refuses a new compute service that is older than all others. Choose "
            f"release={oldest.name} or newer for this host."
            for host, release in wanted.items()
            if host not in existing and releases[release].nova < oldest.nova
        ]
    return problems


def _controllers_problem(before: str, after: str, releases: Releases) -> str:
    existing = f"The existing cloud in local_cloud_dir has release={before}, and local_cloud_release={after}."
    if releases[after].nova < releases[before].nova:
        return (
            f"{existing} OpenStack supports no downgrade, because the tables of the databases are upgraded. Set "
            f"local_cloud_release={before}, or remove the cloud (local_cloud_state=absent) and start a new one."
        )
    if before != after and not releases[after].supports(releases[before]):
        usable = releases.next_of(before)
        action = f"Upgrade to {' or '.join(usable)} first" if usable else "Remove the cloud (local_cloud_state=absent)"
        return (
            f"{existing} OpenStack supports an upgrade only to the next release, or from a SLURP release to the next "
            f"SLURP release. {action}."
        )
    return ""
