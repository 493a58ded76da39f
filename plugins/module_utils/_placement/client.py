# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Placement: who holds which resources where, by the names people know."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, TypeVar

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CatalogError,
    ForbiddenError,
    NotFoundError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import PLACEMENT
from ansible_collections.stackproof.migration.plugins.module_utils._placement import capacity
from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Held, Provider, Resources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

T = TypeVar("T")

# From so many consumers on it is worth a request to learn how many providers there are.
MANY = 6


def _free_in(candidates: Mapping[str, Any]) -> dict[str, Resources]:
    """What is free on each provider; its capacity is that after reservation and overcommitment."""
    return {
        provider: {name: one["capacity"] - one["used"] for name, one in summary.get("resources", {}).items()}
        for provider, summary in candidates["provider_summaries"].items()
    }


class Placement:
    """Reads allocations, None where this user may not; deletes what Nova has forgotten."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._providers: dict[str, Provider] = {}
        self._listed: list[Provider] | None = None
        self.hidden: str | None = None

    def allocations(self, consumer: str) -> list[Held] | None:
        """What a server or a migration holds; an unknown consumer holds nothing."""
        return self._if_visible(lambda: self._read(consumer))

    def held_by(self, consumers: Sequence[str]) -> dict[str, list[Held]] | None:
        """What each holds. Where there are fewer resource providers than consumers, those are asked instead."""
        if not consumers:
            return {}
        if len(consumers) >= MANY and self.hidden is None:
            providers = self._if_visible(self._all_providers)
            if providers is None:
                return None
            if len(providers) < len(consumers):
                return self._by_provider(providers, consumers)
        found: dict[str, list[Held]] = {}
        for consumer in consumers:
            held = self.allocations(consumer)
            if held is None:
                return None
            found[consumer] = held
        return found

    def held_on(self, provider: str) -> dict[str, Resources] | None:
        """What each consumer holds of one provider, by the consumer's uuid."""
        return self._if_visible(lambda: self._held_of(provider, provider))

    def free_for(self, resources: Resources) -> dict[str, Resources] | None:
        """What is free on each provider that takes part in a candidate for these resources, by its uuid."""
        body = self._candidates(resources)
        return None if body is None else _free_in(body)

    def room_for(self, resources: Resources, at_most: int) -> dict[str, int] | None:
        """For how many servers with these resources each provider has a part in candidates, up to at_most, by its uuid.

        Asked for one server: asked for the resources of several at once, Placement has no candidate where a single
        allocation may not be so large (max_unit, often that of a whole NUMA cell or of one device).
        """
        body = self._candidates(resources)
        if body is None:
            return None
        free = _free_in(body)
        of_provider: dict[str, list[dict[str, Resources]]] = {}
        for request in body.get("allocation_requests", []):
            taken = {provider: dict(part["resources"]) for provider, part in request["allocations"].items()}
            for provider in taken:
                of_provider.setdefault(provider, []).append(taken)
        return {name: capacity.servers_that_fit(candidates, free, at_most) for name, candidates in of_provider.items()}

    def _candidates(self, resources: Resources) -> dict[str, Any] | None:
        wanted = ",".join(f"{name}:{amount}" for name, amount in sorted(resources.items()))
        body: dict[str, Any] | None = self._if_visible(
            lambda: self._cloud.read(
                "placement",
                "/allocation_candidates",
                "Asking Placement for room",
                microversion=PLACEMENT,
                params={"resources": wanted},
            )
        )
        return body

    def _if_visible(self, look: Callable[[], T]) -> T | None:
        """What a look finds. Placement answers administrators only by default: that is no failure of a migration."""
        if self.hidden is not None:
            return None
        try:
            return look()
        except (ForbiddenError, CatalogError) as error:
            self.hidden = error.failure.message
            return None

    def _held_of(self, provider: str, name: str) -> dict[str, Resources]:
        body = self._cloud.read(
            "placement",
            f"/resource_providers/{provider}/allocations",
            f"Reading the allocations of the resource provider {name}",
            microversion=PLACEMENT,
        )
        return {consumer: dict(part["resources"]) for consumer, part in body["allocations"].items()}

    def _all_providers(self) -> list[Provider]:
        """Read once: hosts come and go, but a migration's were there before."""
        if self._listed is None:
            body = self._cloud.read(
                "placement", "/resource_providers", "Listing the resource providers", microversion=PLACEMENT
            )
            self._listed = [
                Provider(one["uuid"], one["name"], one.get("root_provider_uuid") or one["uuid"])
                for one in body["resource_providers"]
            ]
            self._providers |= {one.uuid: one for one in self._listed}
        return self._listed

    def _by_provider(self, providers: list[Provider], consumers: Sequence[str]) -> dict[str, list[Held]]:
        found: dict[str, list[Held]] = {consumer: [] for consumer in consumers}
        for provider in providers:
            held_of_it = self._held_of(provider.uuid, provider.name)
            root = self._provider(provider.root_uuid).name
            for consumer, resources in held_of_it.items():
                if consumer in found:
                    found[consumer].append(Held(provider.name, root, resources))
        return {consumer: sorted(held, key=lambda one: one.provider) for consumer, held in found.items()}

    def require(self, consumer: str) -> list[Held]:
        """The same, for those who ask for nothing else: not being allowed is an error."""
        return self._read(consumer)

    def release(self, consumer: str) -> None:
        """Delete all that a consumer holds; one that holds nothing by now is well."""
        what = f"Deleting the allocations of {consumer}"
        with contextlib.suppress(NotFoundError):
            self._cloud.retry_idempotent(
                lambda: self._cloud.send(
                    "DELETE", f"/allocations/{consumer}", what, service="placement", microversion=PLACEMENT
                )
            )

    def _read(self, consumer: str) -> list[Held]:
        body = self._cloud.read(
            "placement",
            f"/allocations/{consumer}",
            f"Reading the allocations of {consumer}",
            microversion=PLACEMENT,
        )
        held = []
        for uuid, part in body.get("allocations", {}).items():
            provider = self._provider(uuid)
            held.append(Held(provider.name, self._provider(provider.root_uuid).name, dict(part["resources"])))
        return sorted(held, key=lambda one: one.provider)

    def _provider(self, uuid: str) -> Provider:
        if uuid not in self._providers:
            body = self._cloud.read(
                "placement",
                f"/resource_providers/{uuid}",
                f"Reading the resource provider {uuid}",
                microversion=PLACEMENT,
            )
            self._providers[uuid] = Provider(uuid, body["name"], body.get("root_provider_uuid") or uuid)
        return self._providers[uuid]
