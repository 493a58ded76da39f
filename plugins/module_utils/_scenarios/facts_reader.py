# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read what scenarios require from the cloud."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CatalogError,
    CloudError,
    ForbiddenError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import LIMITS, nova_releases, text
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.resources import resource_request
from ansible_collections.stackproof.migration.plugins.module_utils._cinder import volumes as cinder_volumes
from ansible_collections.stackproof.migration.plugins.module_utils._nova import (
    boot_requirements,
    compute_services,
    host_eligibility,
    lookup,
)
from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import Placement
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.applicability import (
    CloudFacts,
    HostRoom,
    network_names,
    servers_within_quota,
    share_room,
)
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.requirements import DeviceRequirements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_devices import BootDevices
    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import Profile
    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.resources import RunOptions

_MIB = 1024**2
_FIELDS = ["id", "name", "subnets", "shared", "project_id", "router:external"]


class FactsReader:
    """Reads the facts of a cloud, and the images and flavors of the profiles."""

    def __init__(self, cloud: Cloud, options: RunOptions) -> None:
        self._cloud = cloud
        self._options = options
        # The image and the flavor of each profile whose image and flavor exist, by the name of the profile.
        self.images: dict[str, dict[str, Any]] = {}
        self.flavors: dict[str, dict[str, Any]] = {}
        self._found: dict[tuple[str, str], dict[str, Any]] = {}

    def read(self, profiles: Iterable[Profile]) -> CloudFacts:
        """Return the facts of the cloud. Raise NotFoundError if the image or the flavor of the run does not exist."""
        cloud, options = self._cloud, self._options
        image = self._find("image", options.image)
        flavor = self._find("flavor", options.flavor)
        roles = cloud.identity().roles
        found = self._hosts(flavor)
        networks, why = self._networks()
        problems = {}
        for profile in profiles:
            problem = self._problem_of(profile, networks)
            if problem:
                problems[profile.name] = problem
        return CloudFacts(
            hosts=found.hosts,
            unusable=found.unusable,
            why_no_hosts=found.why_no_hosts,
            zones=found.zones,
            max_servers=min(found.max_servers, self._servers_within_quota(flavor)),
            newest=text(cloud.microversions.newest),
            versions=nova_releases(cloud.microversions.newest),
            administrator="admin" in roles,
            volumes=self._has_volumes(),
            networks=tuple(networks),
            why_no_network=why,
            why_no_own_image=self._why_no_own_image(image),
            same_host_resize=options.same_host_resize,
            disruptive=options.allow_disruptive,
            profile_problems=problems,
        )

    def _find(self, kind: str, name: str) -> dict[str, Any]:
        if (kind, name) not in self._found:
            find = lookup.image if kind == "image" else lookup.flavor
            self._found[kind, name] = find(self._cloud, name)
        return self._found[kind, name]

    def _hosts(self, flavor: Mapping[str, Any]) -> HostRoom:
        """Return the usable hosts, and how many servers may exist at the same time."""
        try:
            hypervisors = compute_services.hypervisors(self._cloud)
            services = compute_services.services(self._cloud)
        except ForbiddenError as error:
            return HostRoom((), {}, {}, self._options.max_servers, error.failure.message)
        request = resource_request(None, flavor, from_volume=False)
        room = Placement(self._cloud).room_for(dict(request.resources), self._options.max_servers) if request else None
        judged = host_eligibility.judge(host_eligibility.merge(hypervisors, services), room=room)
        usable = [host for host in judged if host["usable"]]
        return share_room(
            {str(host["name"]): None if room is None else room.get(host["provider"], 0) for host in usable},
            {str(host["name"]): str(host["obstacle"]) for host in judged if not host["usable"]},
            {str(host["name"]): str(host["availability_zone"] or "") for host in usable},
            self._options.max_servers,
        )

    def _servers_within_quota(self, flavor: Mapping[str, Any]) -> int:
        body = self._cloud.get("/limits", "Reading the project's limits", need=LIMITS)
        return servers_within_quota(body["limits"]["absolute"], flavor, self._options.max_servers)

    def _networks(self) -> tuple[list[str], str]:
        """Return the networks for ports, and why there are none."""
        if self._options.networks:
            return list(self._options.networks), ""
        project = self._cloud.identity().project_id
        try:
            body = self._cloud.read("network", "/networks", "Listing the networks", params={"fields": _FIELDS})
        except CatalogError:
            return [], "The cloud has no Networking service (Neutron)."
        usable = [
            network
            for network in body.objects("networks")
            if network.get("subnets")
            and not network.get("router:external")
            and (network.get("shared") or network.get("project_id") == project)
        ]
        if not usable:
            return [], "The project has no network with a subnet. To use another network, set networks."
        return [str(network["id"]) for network in sorted(usable, key=lambda one: str(one["name"]))], ""

    def _has_volumes(self) -> bool:
        try:
            cinder_volumes.quota(self._cloud)
        except CatalogError:
            return False
        except CloudError:
            return True
        return True

    def _why_no_own_image(self, image: Mapping[str, Any]) -> str:
        size = int(image.get("size") or 0)
        if size > self._options.max_image_mib * _MIB:
            return (
                f"The image {image.get('name') or image['id']} has {size // _MIB} MiB. A run copies only images of at"
                f" most {self._options.max_image_mib} MiB (max_image_mib)."
            )
        return ""

    def _problem_of(self, profile: Profile, networks: Sequence[str]) -> str:
        """Return why the cloud cannot offer the servers of a profile, or an empty string."""
        try:
            image = self._find("image", profile.image or self._options.image)
            flavor = self._find("flavor", profile.flavor or self._options.flavor)
            boot_volume = profile.devices.boot_volume is not None
            if not boot_requirements.flavor_fits_image(flavor, image, boot_volume=boot_volume):
                return boot_requirements.flavor_too_small(flavor, image)
            self.images[profile.name], self.flavors[profile.name] = image, flavor
            devices = devices_of(profile, networks)
            if devices is not None:
                DeviceRequirements(self._cloud, devices, 1, image).require_all()
        except CloudError as error:
            return error.failure.message
        return ""


def devices_of(profile: Profile, networks: Sequence[str]) -> BootDevices | None:
    """Return the devices of the servers of a profile, with the networks of the run. Return None without a network."""
    if isinstance(profile.devices.networks, str):
        return profile.devices
    return replace(profile.devices, networks=network_names(profile, networks)) if networks else None
