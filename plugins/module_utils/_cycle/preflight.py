# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Whether the question can be put to this cloud at all. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CatalogError,
    CloudError,
    ForbiddenError,
    InputError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import LIMITS, LIVE_MIGRATE, text
from ansible_collections.stackproof.migration.plugins.module_utils._cycle import flavor_selection, image_selection
from ansible_collections.stackproof.migration.plugins.module_utils._nova import (
    compute_services,
    host_eligibility,
    migration_list,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova import lookup as nova_lookup
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import Placement

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

NOTHING: dict[str, Any] = {
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
    "orphaned_servers": [],
    "problems": [],
    "unknown": [],
}


@dataclass(frozen=True)
class Plan:
    """What is about to be done."""

    image: str | None = None
    flavor: str | None = None
    count: int = 1
    host: str | None = None
    source: str | None = None
    availability_zone: str | None = None
    # How many servers of the flavor must have room on a host beside the one that is migrated
    spare_servers: int = 0
    metadata_key: str = "stackproof_run"


@dataclass
class Preflight:
    """Looks at everything that a live migration of new servers needs."""

    cloud: Cloud
    plan: Plan
    problems: list[dict[str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def run(self) -> dict[str, Any]:
        version = self.cloud.microversions
        values = {**NOTHING, **self.cloud.identity().as_result()}
        values["cloud"] = self.cloud.place()
        values["microversion"] = {"min": text(version.oldest), "max": text(version.newest)}
        self._note("service", lambda: version.choose(LIVE_MIGRATE))
        # Who may list the migrations may migrate: both have the same roles in Nova's default policies.
        self._note("permission", lambda: migration_list.peek(self.cloud))
        seen = self._see_hosts()
        image = self._image(seen)
        flavor = self._flavor(image) if image is not None else None
        if image is not None:
            values |= {"image": flavor_selection.image_view(image), "image_chosen": self.plan.image is None}
        if flavor is not None:
            values |= {"flavor": flavor_selection.flavor_view(flavor), "flavor_chosen": self.plan.flavor is None}
        if seen is not None:
            values |= self._hosts(seen, flavor)
        values["quota"] = self._quota(flavor)
        values["orphaned_servers"] = self._orphaned_servers()
        return values | {"problems": self.problems, "unknown": self.unknown}

    def _problem(self, kind: str, message: str) -> None:
        self.problems.append({"kind": kind, "message": message})

    def _note(self, kind: str, look: Callable[[], Any]) -> Any | None:
        """What a look finds; what stands in its way is a problem of that kind."""
        try:
            return look()
        except CloudError as error:
            given = "permission" if isinstance(error, ForbiddenError) else kind
            self._problem(given, error.failure.message)
            return None

    def _ask(self, what: str, look: Callable[[], Any]) -> Any | None:
        """What a look finds; None, and a word about it, where this user may not look."""
        try:
            return look()
        except (ForbiddenError, CatalogError) as error:
            self.unknown.append(f"{what}: {error.failure.message}")
            return None

    def _see_hosts(self) -> list[host_eligibility.Host] | None:
        """All compute hosts, None where this user may not see them."""
        hypervisors = self._ask("compute hosts", lambda: compute_services.hypervisors(self.cloud))
        services = self._ask("compute services", lambda: compute_services.services(self.cloud))
        return None if hypervisors is None or services is None else host_eligibility.merge(hypervisors, services)

    def _image(self, seen: list[host_eligibility.Host] | None) -> dict[str, Any] | None:
        wanted = self.plan.image
        if wanted is not None:
            found = self._note("image", lambda: nova_lookup.image(self.cloud, wanted))
            if found is not None and found.get("status") != "active":
                self._problem("image", f"image: {wanted} is {found.get('status')}, it must be active to boot from.")
            return found
        images = self._note("image", lambda: nova_lookup.images(self.cloud, status="active"))
        return None if images is None else self._choose_image(images, self._surroundings(seen))

    def _choose_image(
        self, images: list[dict[str, Any]], around: image_selection.ImageConstraints
    ) -> dict[str, Any] | None:
        def accepted(image: Mapping[str, Any]) -> bool:
            return nova_lookup.is_member(self.cloud, str(image["id"]), around.project)

        choice = self._note("image", lambda: image_selection.choose(images, around, accepted))
        if choice is None:
            return None
        if choice.image is None:
            told = " ".join(filter(None, ["image: there is none that can be chosen.", choice.in_words()]))
            self._problem("image", f"{told} Upload an image, or name one in image: a named image is always taken.")
            return None
        doubts = image_selection.unconfirmed(choice.image, around)
        if doubts:
            self.unknown.append(
                f"image {choice.image.get('name')}: whether the compute hosts have its {' and '.join(doubts)}"
            )
        return dict(choice.image)

    def _surroundings(self, seen: list[host_eligibility.Host] | None) -> image_selection.ImageConstraints:
        project = self.cloud.identity().project_id
        if seen is None:
            return image_selection.ImageConstraints(project)
        usable = [host for host in self._judged(seen) if host["usable"]]
        return image_selection.ImageConstraints(
            project,
            architectures=tuple(host["architecture"] for host in usable),
            hypervisor_types=tuple(str(host["hypervisor_type"]) for host in usable),
        )

    def _flavor(self, image: dict[str, Any]) -> dict[str, Any] | None:
        wanted = self.plan.flavor
        if wanted is not None:
            found = self._note("flavor", lambda: nova_lookup.flavor(self.cloud, wanted))
            if found is not None and not flavor_selection.fits(found, image):
                self._problem(
                    "flavor",
                    f"flavor: {wanted} has {found['disk']} GiB of disk and {found['ram']} MiB of memory; the image"
                    f" {image.get('name')} needs {image_selection.needed_disk(image)} GiB and"
                    f" {image.get('min_ram') or 0} MiB.",
                )
            return None if found is None else dict(found)
        flavors = self._note("flavor", lambda: nova_lookup.flavors(self.cloud))
        chosen = flavor_selection.smallest_flavor(flavors or [], image)
        if flavors is not None and chosen is None:
            self._problem(
                "flavor",
                f"flavor: none that any host can serve has room for the image {image.get('name')}"
                f" ({image_selection.needed_disk(image)} GiB of disk). Name one in flavor.",
            )
        return None if chosen is None else dict(chosen)

    def _judged(
        self, seen: list[host_eligibility.Host], room: dict[str, int] | None = None
    ) -> list[host_eligibility.Host]:
        plan = self.plan
        anchors = (plan.host, plan.source)
        return host_eligibility.judge(
            seen, zone=plan.availability_zone, room=room, spare=plan.spare_servers, anchors=anchors
        )

    def _hosts(self, seen: list[host_eligibility.Host], flavor: dict[str, Any] | None) -> dict[str, Any]:
        hosts = self._judged(seen, None if flavor is None else self._room(flavor))
        usable = [host for host in hosts if host["usable"]]
        self._judge_hosts(hosts, usable)
        for host in hosts:
            del host["provider"]
        return {
            "hosts": hosts,
            "usable_hosts": [host["name"] for host in usable],
            "hypervisor_type": usable[0]["hypervisor_type"] if usable else None,
        }

    def _judge_hosts(self, hosts: list[dict[str, Any]], usable: list[dict[str, Any]]) -> None:
        no_spare = host_eligibility.no_spare_room(self.plan.spare_servers)
        full = [host for host in hosts if host["obstacle"] in (host_eligibility.NO_ROOM, no_spare)]
        kept_free = [str(host["name"]) for host in full if host["obstacle"] == no_spare]
        for option, name in (("host", self.plan.host), ("source", self.plan.source)):
            named = next((host for host in hosts if host["name"] == name), None)
            if name is not None and named is None:
                known = ", ".join(host["name"] for host in hosts) or "none"
                self._problem("input", f"{option}: there is no compute host {name}. There are: {known}.")
            elif named is not None and not named["usable"]:
                advice = self._advice([one for one in kept_free if one == name])
                self._problem(
                    "capacity" if named in full else "hosts",
                    f"{option}: compute host {name} cannot be used: {named['obstacle']}.{advice}",
                )
        if kept_free and self.plan.host is None:
            self.unknown.append(
                f"spare_servers: where Nova's scheduler chooses, it may choose {', '.join(kept_free)}, too, which"
                f" {'has' if len(kept_free) == 1 else 'have'} room for the flavor, but not for"
                f" {self.plan.spare_servers} more beside it"
            )
        if len(usable) >= image_selection.FEWEST_HOSTS:
            return
        # With room they would do: that is capacity, and not the hosts.
        kind = "capacity" if full and len(usable) + len(full) >= image_selection.FEWEST_HOSTS else "hosts"
        why = "; ".join(f"{host['name']}: {host['obstacle']}" for host in hosts if not host["usable"])
        self._problem(
            kind,
            f"A live migration needs {image_selection.FEWEST_HOSTS} usable compute hosts of one hypervisor type; there"
            f" {'is' if len(usable) == 1 else 'are'} {len(usable)} of {len(hosts)}"
            + (f" ({why})." if why else ".")
            + self._advice(kept_free if len(usable) + len(kept_free) >= image_selection.FEWEST_HOSTS else []),
        )

    def _advice(self, kept_free: list[str]) -> str:
        """What to do where hosts have room, but not as much as is to be left."""
        if not kept_free:
            return ""
        return (
            f" Choose a smaller flavor, or lower spare_servers (now {self.plan.spare_servers}; role migration_cycle:"
            " migration_cycle_spare_servers): with 0 a migration may take the last room of a host."
        )

    def _room(self, flavor: dict[str, Any]) -> dict[str, int] | None:
        placement = Placement(self.cloud)
        room = placement.room_for(flavor_selection.resources_of(flavor), 1 + self.plan.spare_servers)
        if room is None:
            self.unknown.append(f"room on the compute hosts: {placement.hidden}")
        return room

    def _quota(self, flavor: dict[str, Any] | None) -> dict[str, Any] | None:
        body = self._note("service", lambda: self.cloud.get("/limits", "Reading the project's limits", need=LIMITS))
        if body is None:
            return None
        absolute = body["limits"]["absolute"]
        need = {"instances": self.plan.count}
        if flavor is not None:
            need |= {"cores": self.plan.count * flavor["vcpus"], "ram_mib": self.plan.count * flavor["ram"]}
        quota: dict[str, Any] = {}
        for name, limit_key, used_key in (
            ("instances", "maxTotalInstances", "totalInstancesUsed"),
            ("cores", "maxTotalCores", "totalCoresUsed"),
            ("ram_mib", "maxTotalRAMSize", "totalRAMUsed"),
        ):
            limit, used = absolute.get(limit_key, -1), absolute.get(used_key, 0)
            free = None if limit < 0 else limit - used
            quota[name] = {"limit": limit, "used": used, "free": free, "needed": need.get(name)}
            if free is not None and need.get(name, 0) > free:
                self._problem(
                    "quota",
                    f"quota: {self.plan.count} servers need {need[name]} of {name}, and of the project's {limit}"
                    f" {max(free, 0)} are free. Free some, have the quota raised, or choose a smaller flavor.",
                )
        return quota

    def _orphaned_servers(self) -> list[dict[str, Any]]:
        key = self.plan.metadata_key
        listed = self._note("service", lambda: nova_servers.all_pages(self.cloud, "Looking for orphaned_servers"))
        views = [nova_servers.view(server) for server in listed or []]
        return [{**server, "run_id": server["metadata"][key]} for server in views if key in server["metadata"]]


def check_plan(plan: Plan) -> None:
    if plan.count < 1:
        raise InputError(f"count must be at least 1, found {plan.count}.")
    if plan.spare_servers < 0:
        raise InputError(f"spare_servers must be at least 0, found {plan.spare_servers}.")
    if plan.host is not None and plan.host == plan.source:
        raise InputError(f"host and source are both {plan.host}: a server cannot be migrated to where it is.")
