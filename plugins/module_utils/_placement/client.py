# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read and delete allocations in Placement, and read allocation candidates."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import MicroversionError, NotFoundError
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import (
    PLACEMENT,
    PLACEMENT_CONSUMER_GENERATIONS,
    PLACEMENT_CONSUMER_TYPES,
    PLACEMENT_NESTED_CANDIDATES,
    PLACEMENT_REQUIRED_TRAITS,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.restricted_service import RestrictedService
from ansible_collections.stackproof.migration.plugins.module_utils._nova import compute_services
from ansible_collections.stackproof.migration.plugins.module_utils._placement import capacity
from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import (
    Allocation,
    ConsumerState,
    HostAllocations,
    Provider,
    ProviderAllocations,
    Resources,
    root_providers,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

# With fewer consumers than this number, one request for each consumer is faster.
MANY_CONSUMERS = 6
# A list of all hosts is read only if there are at most this many hosts for each consumer.
MOST_HOSTS = 2
# The number of allocation candidates to request from Placement. Nova's scheduler uses the same default.
MOST_CANDIDATES = 1000
# A resource provider with this trait shares its resources with all providers in its aggregates.
SHARING_TRAIT = "MISC_SHARES_VIA_AGGREGATE"


def _free_resources(candidates: Mapping[str, Any]) -> dict[str, Resources]:
    """Return the free resources of each resource provider, after reservation and overcommit."""
    return {
        provider: {
            name: amounts["capacity"] - amounts["used"] for name, amounts in summary.get("resources", {}).items()
        }
        for provider, summary in candidates["provider_summaries"].items()
    }


class Placement(RestrictedService):
    """Reads resource providers and allocations from Placement, and deletes allocations.

    By default, only administrators may read Placement. For other users, the methods return None, and the attribute
    `hidden` contains the reason.
    """

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self._providers: dict[str, Provider] = {}
        self._listed: list[Provider] | None = None
        # Whether a provider shares its resources with a root provider, by the uuids of both providers.
        self._sharing: dict[tuple[str, str], bool] = {}

    # Allocations of consumers

    def allocations_of(self, consumers: Sequence[str]) -> dict[str, list[Allocation]] | None:
        """Return the allocations of several servers or migrations.

        The list is empty for a server or migration without allocations.
        """
        return self._if_visible(lambda: self._read_many(consumers))

    def require_allocations(self, consumer: str) -> list[Allocation]:
        """Return the allocations of one server or migration.

        Raise ForbiddenError when the user may not read Placement. Raise CatalogError when the cloud has no Placement
        service.
        """
        return self._read_consumer(consumer)

    def release(self, consumer: str) -> None:
        """Delete all allocations of a consumer, if it has any."""
        what = f"Deleting the allocations of {consumer}"
        with contextlib.suppress(NotFoundError):
            self._cloud.retry_idempotent(
                lambda: self._cloud.send(
                    "DELETE", f"/allocations/{consumer}", what, service="placement", microversion=PLACEMENT
                )
            )

    def consumer_state(self, consumer: str) -> ConsumerState:
        """Return the allocations of a consumer with its generation, project, user and type.

        The source of the API is https://docs.openstack.org/api-ref/placement/#list-allocations.
        """
        what, path = f"Reading the allocations of {consumer}", f"/allocations/{consumer}"
        try:
            body = self._get(path, what, microversion=PLACEMENT_CONSUMER_TYPES)
        except MicroversionError:
            body = self._get(path, what, microversion=PLACEMENT_CONSUMER_GENERATIONS)
        resources = {uuid: dict(part["resources"]) for uuid, part in body["allocations"].items()}
        # Placement returns only the key `allocations` for a consumer without allocations.
        values = (body.get(name) for name in ("consumer_generation", "project_id", "user_id", "consumer_type"))
        return ConsumerState(consumer, resources, *values)

    def uuids_of(self, names: Collection[str]) -> dict[str, str]:
        """Return the uuids of resource providers that this object has read, by name."""
        return {provider.name: uuid for uuid, provider in self._providers.items() if provider.name in names}

    def keep_allocations(self, state: ConsumerState, providers: Collection[str]) -> None:
        """Replace the allocations of a consumer by its allocations on these resource providers.

        Raise ConflictError if another client has changed the consumer since ``state`` was read. The request is sent
        once. The source of the API is https://docs.openstack.org/api-ref/placement/#update-allocations.
        """
        body = {
            "allocations": {
                uuid: {"resources": resources} for uuid, resources in state.resources.items() if uuid in providers
            },
            "consumer_generation": state.generation,
            "project_id": state.project_id,
            "user_id": state.user_id,
        }
        self._cloud.send(
            "PUT",
            f"/allocations/{state.consumer}",
            f"Replacing the allocations of {state.consumer}",
            service="placement",
            microversion=PLACEMENT_CONSUMER_GENERATIONS,
            json=body,
        )

    # Allocations of hosts

    def providers(self) -> list[Provider] | None:
        """Return all resource providers of the cloud. The list is one request."""
        return self._if_visible(self._all_providers)

    def sharing_providers(self) -> set[str]:
        """Return the uuids of the providers that share their resources with other provider trees."""
        what = "Listing the providers that share their resources"
        listed = self._list(what, {"required": SHARING_TRAIT}, microversion=PLACEMENT_REQUIRED_TRAITS)
        return {provider.uuid for provider in listed}

    def allocations_on(self, provider: Provider) -> ProviderAllocations | None:
        """Return the allocations on one resource provider. Return None if the provider no longer exists."""
        try:
            return ProviderAllocations(provider, self._provider_allocations(provider.uuid, provider.name))
        except NotFoundError:
            return None

    def host_allocations(self, root: str) -> HostAllocations | None:
        """Return the allocations of a compute host and of its nested providers, such as GPUs.

        `root` is the uuid of the root provider of the host. Raise NotFoundError if Placement has no such provider.
        """
        return self._if_visible(lambda: self._read_host(root))

    # Allocation candidates

    def candidates_for(
        self,
        resources: Resources,
        *,
        required: Sequence[str] = (),
        forbidden: Sequence[str] = (),
        at_most: int = MOST_CANDIDATES,
    ) -> dict[str, Any] | None:
        """Return the allocation candidates of Placement, including nested resource providers."""
        traits = ",".join([*required, *(f"!{trait}" for trait in forbidden)])
        query = {
            "resources": ",".join(f"{name}:{amount}" for name, amount in sorted(resources.items())),
            "limit": str(at_most),
        } | ({"required": traits} if traits else {})
        body: dict[str, Any] | None = self._if_visible(
            lambda: self._get(
                "/allocation_candidates", "Reading the allocation candidates", query, PLACEMENT_NESTED_CANDIDATES
            )
        )
        return body

    def room_for(self, resources: Resources, at_most: int) -> dict[str, int] | None:
        """Return how many servers with these resources fit on each resource provider.

        No number is greater than ``at_most``. The request names the resources of one server, because Placement limits
        the size of an allocation (max_unit).
        """
        body = self._candidates(resources)
        if body is None:
            return None
        free = _free_resources(body)
        by_provider: dict[str, list[dict[str, Resources]]] = {}
        for request in body.get("allocation_requests", []):
            candidate = {provider: dict(part["resources"]) for provider, part in request["allocations"].items()}
            for provider in candidate:
                by_provider.setdefault(provider, []).append(candidate)
        return {name: capacity.servers_that_fit(candidates, free, at_most) for name, candidates in by_provider.items()}

    def _candidates(self, resources: Resources) -> dict[str, Any] | None:
        query = ",".join(f"{name}:{amount}" for name, amount in sorted(resources.items()))
        body: dict[str, Any] | None = self._if_visible(
            lambda: self._get("/allocation_candidates", "Reading the allocation candidates", {"resources": query})
        )
        return body

    # Requests

    def _get(
        self, path: str, what: str, params: Mapping[str, str] | None = None, microversion: str = PLACEMENT
    ) -> dict[str, Any]:
        body: dict[str, Any] = self._cloud.read("placement", path, what, microversion=microversion, params=params)
        return body

    def _read_many(self, consumers: Sequence[str]) -> dict[str, list[Allocation]]:
        # A list of all resource providers also tells the names of the providers, which would need a request for each.
        if len(consumers) >= MANY_CONSUMERS and self._few_hosts(MOST_HOSTS * len(consumers)):
            providers = self._all_providers()
            if len(providers) < len(consumers):
                return self._read_by_provider(providers, consumers)
        return {consumer: self._read_consumer(consumer) for consumer in consumers}

    def _few_hosts(self, number: int) -> bool:
        """Return whether Nova has fewer hypervisors than `number`."""
        return self._listed is not None or compute_services.has_fewer_hypervisors(self._cloud, number)

    def _read_consumer(self, consumer: str) -> list[Allocation]:
        body = self._get(f"/allocations/{consumer}", f"Reading the allocations of {consumer}")
        parts = body.get("allocations", {}).items()
        return self._allocations((self._provider(uuid), dict(part["resources"])) for uuid, part in parts)

    def _read_by_provider(self, providers: list[Provider], consumers: Sequence[str]) -> dict[str, list[Allocation]]:
        parts: dict[str, list[tuple[Provider, Resources]]] = {consumer: [] for consumer in consumers}
        for provider in providers:
            for consumer, resources in self._provider_allocations(provider.uuid, provider.name).items():
                if consumer in parts:
                    parts[consumer].append((provider, resources))
        return {consumer: self._allocations(held) for consumer, held in parts.items()}

    def _read_host(self, root: str) -> HostAllocations:
        tree = self._list(f"Listing the provider tree of {root}", {"in_tree": root})
        if not tree:
            raise NotFoundError(
                f"Placement has no resource provider {root}, so the allocations of this compute host are not known."
                " Check that nova-compute of the host reports to this Placement service.",
                service="placement",
            )
        # HostAllocations expects the root resource provider as the first element.
        tree.sort(key=lambda provider: (provider.uuid != provider.root_uuid, provider.name))
        providers = (*tree, *self._exclusive_sharing_providers(tree))
        consumers: dict[str, dict[str, Resources]] = {}
        for provider in providers:
            for consumer, resources in self._provider_allocations(provider.uuid, provider.name).items():
                consumers.setdefault(consumer, {})[provider.name] = resources
        return HostAllocations(providers, consumers)

    def _exclusive_sharing_providers(self, tree: Sequence[Provider]) -> list[Provider]:
        """Return the providers that share resources with this host only."""
        aggregates = {aggregate for provider in tree for aggregate in self._aggregates(provider)}
        if not aggregates:
            return []
        what = f"Listing the providers that share resources with {tree[0].name}"
        sharing = self._list(
            what,
            {"member_of": _any_of(aggregates), "required": SHARING_TRAIT},
            microversion=PLACEMENT_REQUIRED_TRAITS,
        )
        own_roots = {provider.root_uuid for provider in tree}
        found = []
        for provider in sorted(sharing, key=lambda each: each.name):
            if provider.root_uuid in own_roots:
                continue
            # Other compute hosts may also use the resources of this provider.
            members = self._list(what, {"member_of": _any_of(self._aggregates(provider))})
            if {member.root_uuid for member in members} <= own_roots | {provider.root_uuid}:
                found.append(provider)
        return found

    def _provider_allocations(self, provider: str, name: str) -> dict[str, Resources]:
        body = self._get(
            f"/resource_providers/{provider}/allocations", f"Reading the allocations of the resource provider {name}"
        )
        return {consumer: dict(part["resources"]) for consumer, part in body["allocations"].items()}

    def _aggregates(self, provider: Provider) -> list[str]:
        what = f"Reading the aggregates of the resource provider {provider.name}"
        return list(self._get(f"/resource_providers/{provider.uuid}/aggregates", what)["aggregates"])

    def _list(self, what: str, params: Mapping[str, str] | None, microversion: str = PLACEMENT) -> list[Provider]:
        body = self._get("/resource_providers", what, params, microversion)
        providers = [_provider_of(entry) for entry in body["resource_providers"]]
        self._providers |= {provider.uuid: provider for provider in providers}
        return providers

    def _all_providers(self) -> list[Provider]:
        """Return all resource providers of the cloud. The list is read from Placement only once."""
        if self._listed is None:
            self._listed = self._list("Listing the resource providers", None)
        return self._listed

    def _provider(self, uuid: str) -> Provider:
        if uuid not in self._providers:
            body = self._get(f"/resource_providers/{uuid}", f"Reading the resource provider {uuid}")
            self._providers[uuid] = _provider_of({**body, "uuid": uuid})
        return self._providers[uuid]

    # Sharing providers

    def _allocations(self, parts: Iterable[tuple[Provider, Resources]]) -> list[Allocation]:
        """Return the allocations of one consumer, sorted by the name of the resource provider."""
        held = sorted(parts, key=lambda part: part[0].name)
        allocations = [
            Allocation(provider.name, self._provider(provider.root_uuid).name, resources)
            for provider, resources in held
        ]
        # Allocations from a single tree of resource providers contain no shared storage.
        if len(root_providers(allocations)) < 2:  # noqa: PLR2004  # two trees
            return allocations
        roots = {provider.root_uuid for provider, _resources in held}
        return [
            replace(allocation, shared=any(self._shares(provider, root) for root in roots))
            for allocation, (provider, _resources) in zip(allocations, held, strict=True)
        ]

    def _shares(self, provider: Provider, root: str) -> bool:
        """Return whether a resource provider shares its resources with another provider tree."""
        if provider.root_uuid == root:
            return False
        key = (provider.uuid, root)
        if key not in self._sharing:
            self._sharing[key] = self._read_sharing(provider, root)
        return self._sharing[key]

    def _read_sharing(self, provider: Provider, root: str) -> bool:
        what = f"Reading the traits of the resource provider {provider.name}"
        traits = self._get(f"/resource_providers/{provider.uuid}/traits", what)["traits"]
        if SHARING_TRAIT not in traits:
            return False
        aggregates = self._aggregates(provider)
        if not aggregates:
            return False
        what = f"Listing the providers that share an aggregate with {provider.name}"
        return bool(self._list(what, {"member_of": _any_of(aggregates), "in_tree": root}))


def _any_of(aggregates: Iterable[str]) -> str:
    return "in:" + ",".join(sorted(aggregates))


def _provider_of(entry: Mapping[str, Any]) -> Provider:
    return Provider(entry["uuid"], entry["name"], entry.get("root_provider_uuid") or entry["uuid"])
