# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Check the preconditions for booting and live-migrating servers. The checks do not change the cloud."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CatalogError,
    CloudError,
    ForbiddenError,
    InputError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import LIMITS, LIVE_MIGRATE, text
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.facts_reader import FactsReader
from ansible_collections.stackproof.migration.plugins.module_utils._cycle import flavor_selection, image_selection
from ansible_collections.stackproof.migration.plugins.module_utils._cycle.prediction import blockers_of_servers
from ansible_collections.stackproof.migration.plugins.module_utils._nova import (
    boot_devices,
    boot_references,
    boot_requirements,
    compute_services,
    host_eligibility,
    migration_list,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova import lookup as nova_lookup
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import Placement
from ansible_collections.stackproof.migration.plugins.module_utils._probe import namespace
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch import orphaned_resources
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.requirements import DeviceRequirements

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._nova import server_groups

EMPTY_RESULT: dict[str, Any] = {
    "image": None,
    "image_chosen": False,
    "flavor": None,
    "flavor_chosen": False,
    "hosts": None,
    "usable_hosts": None,
    "hypervisor_type": None,
    "quota": None,
    "microversion": None,
    "cloud": None,
    "user": None,
    "project": None,
    "roles": [],
    "blockers": [],
    "orphaned_servers": [],
    "orphaned_resources": [],
    "problems": [],
    "unknown": [],
}


@dataclass(frozen=True)
class Plan:
    """The servers that a cycle will boot and migrate."""

    image: str | None = None
    flavor: str | None = None
    count: int = 1
    # The compute host to migrate to (``host``), and the compute host to migrate from (``source``).
    host: str | None = None
    source: str | None = None
    availability_zone: str | None = None
    devices: boot_devices.BootDevices = field(default_factory=boot_devices.BootDevices)
    # The network on which the module probes the servers.
    probe_network: str | None = None
    # The network namespace from which the module probes the servers.
    probe_netns: str | None = None
    # Each compute host must keep free room for this number of servers.
    spare_servers: int = 0
    metadata_key: str = "stackproof_run"
    # The tags of servers that earlier runs have booted. Nova lists only servers with these tags.
    tags: tuple[str, ...] = ()


@dataclass
class Preflight:
    """Checks whether a migration cycle can run on the cloud, and collects the problems."""

    cloud: Cloud
    plan: Plan
    problems: list[dict[str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def run(self) -> dict[str, Any]:
        version = self.cloud.microversions
        values = {**EMPTY_RESULT, **self.cloud.identity().as_result()}
        values["cloud"] = self.cloud.location()
        values["microversion"] = {"min": text(version.oldest), "max": text(version.newest)}
        self._require("service", lambda: version.choose(LIVE_MIGRATE))
        # Check the right to list migrations, because by default the same users may migrate servers.
        self._require("permission", lambda: migration_list.check_permission(self.cloud))
        self._zone = self._check_zone()
        self._require("input", self._check_probe_namespace)
        hosts = self._read_hosts()
        flavors = self._candidate_flavors()
        image = self._image(hosts, flavors)
        flavor = self._flavor(image, flavors) if image is not None else None
        if image is not None:
            values |= {"image": flavor_selection.image_view(image), "image_chosen": self.plan.image is None}
        if flavor is not None:
            values |= {"flavor": flavor_selection.flavor_view(flavor), "flavor_chosen": self.plan.flavor is None}
        values["blockers"] = self._blockers(image, flavor)
        requirements = self._check_devices(image)
        if hosts is not None:
            values |= self._hosts(hosts, flavor)
            self._check_group_policy(requirements.server_group, values["usable_hosts"])
        values["quota"] = self._quota(flavor)
        values["orphaned_servers"] = self._orphaned_servers()
        values["orphaned_resources"] = self._orphaned_resources()
        return values | {"problems": self.problems, "unknown": self.unknown}

    def _check_probe_namespace(self) -> None:
        """Enter the network namespace of the probe and leave it. Raise InputError if this is not possible."""
        with namespace.entered(self.plan.probe_netns):
            pass

    def _problem(self, kind: str, message: str) -> None:
        self.problems.append({"kind": kind, "message": message})

    def _require(self, kind: str, read: Callable[[], Any]) -> Any | None:
        """Return the value of ``read()``. If the request fails, add a problem and return None."""
        try:
            return read()
        except CloudError as error:
            self._problem("permission" if isinstance(error, ForbiddenError) else kind, error.failure.message)
            return None

    def _read_if_allowed(self, subject: str, read: Callable[[], Any]) -> Any | None:
        """Return the result of the function ``read``, or None if a policy forbids the request."""
        try:
            return read()
        except (ForbiddenError, CatalogError) as error:
            self.unknown.append(f"{subject}: {error.failure.message}")
            return None

    def _check_zone(self) -> str | None:
        """Return the availability zone. Return None if no zone is named or the zone does not exist."""
        option = self.plan.availability_zone
        if not option:
            return None
        before = len(self.problems)
        self._require(
            "input",
            lambda: self._read_if_allowed(
                "availability zones", lambda: boot_references.check_availability_zone(self.cloud, option)
            ),
        )
        return boot_references.zone_of(option) if len(self.problems) == before else None

    def _check_devices(self, image: dict[str, Any] | None) -> DeviceRequirements:
        """Check the volumes, the networks, the ports and the groups of the servers."""
        found = DeviceRequirements(self.cloud, self.plan.devices, self.plan.count, image)
        for requirement in found.each():
            if requirement.optional:
                self._require(requirement.kind, partial(self._read_if_allowed, requirement.what, requirement.check))
            else:
                self._require(requirement.kind, requirement.check)
        self._check_probe_network(found)
        return found

    def _check_probe_network(self, found: DeviceRequirements) -> None:
        probe_network = self.plan.probe_network
        if not probe_network:
            return
        ids = {*found.network_ids.values(), *(port.network_id for port in found.existing_ports.values())}
        probe_id = self._require("input", lambda: nova_lookup.network_id(self.cloud, probe_network))
        if probe_id is not None and probe_id not in ids and self.plan.devices.networks != "auto":
            action = "Add the network to networks, or choose another network."
            self._problem("input", f"probe_network: the servers get no address on {probe_network}. {action}")

    def _read_hosts(self) -> list[host_eligibility.Host] | None:
        """Return all compute hosts. Return None if the user may not list hosts."""
        hypervisors = self._read_if_allowed("compute hosts", lambda: compute_services.hypervisors(self.cloud))
        services = self._read_if_allowed("compute services", lambda: compute_services.services(self.cloud))
        return None if hypervisors is None or services is None else host_eligibility.merge(hypervisors, services)

    def _candidate_flavors(self) -> list[dict[str, Any]] | None:
        name = self.plan.flavor
        if name is None:
            listed = self._require("flavor", lambda: nova_lookup.flavors(self.cloud))
            return None if listed is None else list(listed)
        flavor = self._require("flavor", lambda: nova_lookup.flavor(self.cloud, name))
        return None if flavor is None else [dict(flavor)]

    def _image(
        self, hosts: list[host_eligibility.Host] | None, flavors: list[dict[str, Any]] | None
    ) -> dict[str, Any] | None:
        name = self.plan.image
        if name is not None:
            image = self._require("image", lambda: nova_lookup.image(self.cloud, name))
            if image is not None and image.get("status") != "active":
                self._problem("image", boot_requirements.image_not_active(image, name))
            return image
        images = self._require("image", lambda: nova_lookup.images(self.cloud, status="active"))
        return None if images is None else self._choose_image(images, self._image_constraints(hosts, flavors))

    def _choose_image(
        self, images: list[dict[str, Any]], constraints: image_selection.ImageConstraints
    ) -> dict[str, Any] | None:
        def is_accepted(image: Mapping[str, Any]) -> bool:
            return nova_lookup.is_member(self.cloud, str(image["id"]), constraints.project)

        choice = self._require("image", lambda: image_selection.choose_image(images, constraints, is_accepted))
        if choice is None:
            return None
        if choice.image is None:
            action = "Upload an image, or set the option image. The properties of a named image are not checked."
            parts = ["image: no image can be chosen.", choice.rejections(), action]
            self._problem("image", " ".join(filter(None, parts)))
            return None
        requirements = image_selection.unconfirmed_requirements(choice.image, constraints)
        if requirements:
            self.unknown.append(
                f"image {choice.image.get('name')}: the compute hosts might not support its"
                f" {' and '.join(requirements)}"
            )
        return dict(choice.image)

    def _image_constraints(
        self, hosts: list[host_eligibility.Host] | None, flavors: list[dict[str, Any]] | None
    ) -> image_selection.ImageConstraints:
        project = self.cloud.identity().project_id
        named = self.plan.flavor is not None
        candidates = [
            one
            for one in flavors or []
            if named or flavor_selection.rejection_reason(one, boot_volume=self._boot_volume) is None
        ]
        sized = tuple(candidates) or None
        if hosts is None:
            return image_selection.ImageConstraints(project, flavors=sized, boot_volume=self.plan.devices.boot_volume)
        usable = [host for host in self._judged(hosts) if host["usable"]]
        return image_selection.ImageConstraints(
            project,
            architectures=tuple(host["architecture"] for host in usable),
            hypervisor_types=tuple(str(host["hypervisor_type"]) for host in usable),
            flavors=sized,
            boot_volume=self.plan.devices.boot_volume,
        )

    @property
    def _boot_volume(self) -> bool:
        return self.plan.devices.boot_volume is not None

    def _flavor(self, image: dict[str, Any], flavors: list[dict[str, Any]] | None) -> dict[str, Any] | None:
        if flavors is None:
            return None
        if self.plan.flavor is not None:
            (flavor,) = flavors
            if not boot_requirements.flavor_fits_image(flavor, image, boot_volume=self._boot_volume):
                self._problem("flavor", boot_requirements.flavor_too_small(flavor, image))
            return flavor
        choice = flavor_selection.choose_flavor(flavors, image, boot_volume=self._boot_volume)
        if choice.flavor is None:
            message = (
                f"flavor: no flavor can be chosen for the image {image.get('name')}. The image needs"
                f" {boot_requirements.required_disk_gib(image)} GiB of disk and"
                f" {boot_requirements.required_ram_mib(image)} MiB of memory."
            )
            action = "Name a flavor in flavor."
            if choice.rejected[flavor_selection.ZERO_DISK]:
                action = "Name a flavor in flavor, or set boot_volume to boot from a volume."
            self._problem("flavor", " ".join(filter(None, (message, choice.rejections(), action))))
            return None
        extra_specs = flavor_selection.unconfirmed_extra_specs(choice.flavor)
        if extra_specs:
            self.unknown.append(
                f"flavor {choice.flavor.get('name')}: the compute hosts might not meet its extra specs"
                f" {', '.join(extra_specs)}"
            )
        return choice.flavor

    def _blockers(self, image: dict[str, Any] | None, flavor: dict[str, Any] | None) -> list[dict[str, Any]]:
        """Return the reasons why Nova cannot live-migrate the servers."""
        if image is None or flavor is None:
            return []
        ports = self.plan.devices.ports
        vnic_types = [port.vnic_type or "normal" for port in ports if port.port is None]
        context = FactsReader(self.cloud).context()
        found = blockers_of_servers(flavor, image, vnic_types, context, from_volume=self._boot_volume)
        return [blocker.as_result() for blocker in found]

    def _judged(
        self, hosts: list[host_eligibility.Host], room: dict[str, int] | None = None
    ) -> list[host_eligibility.Host]:
        anchors = (self.plan.host, self.plan.source)
        return host_eligibility.judge(hosts, zone=self._zone, room=room, spare=self.plan.spare_servers, anchors=anchors)

    def _hosts(self, merged: list[host_eligibility.Host], flavor: dict[str, Any] | None) -> dict[str, Any]:
        hosts = self._judged(merged, None if flavor is None else self._room(flavor))
        usable = [host for host in hosts if host["usable"]]
        self._check_hosts(hosts, usable)
        for host in hosts:
            del host["provider"]
        return {
            "hosts": hosts,
            "usable_hosts": [host["name"] for host in usable],
            "hypervisor_type": usable[0]["hypervisor_type"] if usable else None,
        }

    def _check_hosts(self, hosts: list[dict[str, Any]], usable: list[dict[str, Any]]) -> None:
        no_spare = host_eligibility.no_spare_room(self.plan.spare_servers)
        full = [host for host in hosts if host["obstacle"] in (host_eligibility.NO_ROOM, no_spare)]
        without_spare = [str(host["name"]) for host in full if host["obstacle"] == no_spare]
        for option, name in (("host", self.plan.host), ("source", self.plan.source)):
            if name is not None:
                self._check_named_host(option, name, hosts, full, without_spare)
        if without_spare and self.plan.host is None:
            self.unknown.append(
                f"spare_servers: Nova's scheduler may choose a host that has no room for spare servers"
                f" ({', '.join(without_spare)})"
            )
        if len(usable) >= image_selection.MIN_HOSTS:
            return
        # If more free room would make enough hosts usable, the problem has the kind "capacity".
        kind = "capacity" if full and len(usable) + len(full) >= image_selection.MIN_HOSTS else "hosts"
        obstacles = "; ".join(f"{host['name']}: {host['obstacle']}" for host in hosts if not host["usable"])
        self._problem(
            kind,
            f"A live migration needs {image_selection.MIN_HOSTS} usable compute hosts of one hypervisor type; there"
            f" {'is' if len(usable) == 1 else 'are'} {len(usable)} of {len(hosts)}"
            + (f" ({obstacles})." if obstacles else ".")
            + self._spare_advice(
                without_spare if len(usable) + len(without_spare) >= image_selection.MIN_HOSTS else []
            ),
        )

    def _check_named_host(
        self, option: str, name: str, hosts: list[dict[str, Any]], full: list[dict[str, Any]], without_spare: list[str]
    ) -> None:
        host = next((host for host in hosts if host["name"] == name), None)
        if host is None:
            known = nova_lookup.known_names([{"id": str(one["name"]), "name": str(one["name"])} for one in hosts], name)
            self._problem("input", f"{option}: this cloud has no compute host named {name}. {known}".rstrip())
        elif not host["usable"]:
            advice = self._spare_advice([spare for spare in without_spare if spare == name])
            self._problem(
                "capacity" if host in full else "hosts",
                f"{option}: compute host {name} cannot be used: {host['obstacle']}.{advice}",
            )

    def _spare_advice(self, without_spare: list[str]) -> str:
        if not without_spare:
            return ""
        role_input = "The variable of the role is migration_cycle_spare_servers."
        effect = "With spare_servers=0, a migration may use the last free room of a host."
        action = f"Choose a smaller flavor, or lower spare_servers (now {self.plan.spare_servers})."
        return f" {action} {role_input} {effect}"

    def _room(self, flavor: dict[str, Any]) -> dict[str, int] | None:
        placement = Placement(self.cloud)
        resources = flavor_selection.resources_of(flavor, boot_volume=self._boot_volume)
        room = placement.room_for(resources, 1 + self.plan.spare_servers)
        if room is None:
            self.unknown.append(f"room on the compute hosts: {placement.hidden}")
        return room

    def _quota(self, flavor: dict[str, Any] | None) -> dict[str, Any] | None:
        body = self._require("service", lambda: self.cloud.get("/limits", "Reading the project's limits", need=LIMITS))
        if body is None:
            return None
        absolute = body["limits"]["absolute"]
        needed = {"instances": self.plan.count}
        if flavor is not None:
            needed |= {"cores": self.plan.count * flavor["vcpus"], "ram_mib": self.plan.count * flavor["ram"]}
        quota: dict[str, Any] = {}
        for name, limit_key, used_key in (
            ("instances", "maxTotalInstances", "totalInstancesUsed"),
            ("cores", "maxTotalCores", "totalCoresUsed"),
            ("ram_mib", "maxTotalRAMSize", "totalRAMUsed"),
        ):
            limit, used = absolute.get(limit_key, -1), absolute.get(used_key, 0)
            free = None if limit < 0 else limit - used
            quota[name] = {"limit": limit, "used": used, "free": free, "needed": needed.get(name)}
            if free is not None and needed.get(name, 0) > free:
                self._problem(
                    "quota",
                    f"quota: {self.plan.count} servers need {name}={needed[name]}, but the project has"
                    f" free={max(free, 0)} of limit={limit}. Delete servers, raise the quota, or choose a smaller"
                    " flavor.",
                )
        return quota

    def _check_group_policy(self, group: server_groups.ServerGroup | None, usable: list[str]) -> None:
        """Check that the policy of the server group leaves a host to which a server can be migrated."""
        policy = self.plan.devices.server_group_policy or (group.policy if group else None)
        members = self.plan.count + (len(group.members) if group else 0)
        option = "server_group_policy" if self.plan.devices.server_group_policy else "server_group"
        if policy == "anti-affinity" and len(usable) <= members:
            self._problem(
                "capacity",
                f"{option}: with the policy anti-affinity, {members} servers run on different hosts, and a migration"
                f" needs one more host. There are {len(usable)} usable hosts. Lower count, or use soft-anti-affinity.",
            )
        if policy == "affinity" and members > 1:
            self._problem(
                "input",
                f"{option}: with the policy affinity, Nova keeps {members} servers on one host, and refuses to migrate"
                " one of them. Set count to 1, or use soft-affinity.",
            )

    def _orphaned_resources(self) -> list[dict[str, Any]]:
        """Return volumes, ports and server groups of earlier runs that belong to no server."""
        found: list[dict[str, Any]] = []
        for subject, read in orphaned_resources.readers(self.cloud, self.plan.metadata_key, self.plan.tags):
            found += self._require("service", partial(self._read_if_allowed, subject, read)) or []
        return found

    def _orphaned_servers(self) -> list[dict[str, Any]]:
        key = self.plan.metadata_key

        def is_of_a_run(server: Mapping[str, Any]) -> bool:
            return key in (server.get("metadata") or {})

        filters = nova_servers.tags_filter(self.plan.tags)
        listed = self._require(
            "service",
            lambda: nova_servers.all_pages(self.cloud, "Listing orphaned servers", keep=is_of_a_run, **filters),
        )
        views = [nova_servers.view(server) for server in listed or []]
        return [{**server, "run_id": server["metadata"][key]} for server in views]


def check_plan(plan: Plan) -> None:
    """Raise InputError if a value is out of range."""
    if plan.count < 1:
        raise InputError(f"count must be at least 1, found {plan.count}.")
    if plan.spare_servers < 0:
        raise InputError(f"spare_servers must be at least 0, found {plan.spare_servers}.")
    if plan.host is not None and plan.host == plan.source:
        raise InputError(f"host and source are both {plan.host}. Choose different compute hosts.")
