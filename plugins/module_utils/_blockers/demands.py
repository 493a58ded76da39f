# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Convert a server in the format of Nova's API to what it requires from a compute host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._blockers import resources
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.destinations import Demand, Group

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import Blocker
    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Resources

# Since microversion 2.96, Nova returns the availability zone to which a server is bound.
_PINNED_ZONE = "pinned_availability_zone"


def demand_of(
    server: Mapping[str, Any],
    zones: Collection[str | None],
    *,
    group: Group | None = None,
    aggregates: Iterable[Mapping[str, Any]] = (),
    held: Mapping[str, Resources] | None = None,
    against: Mapping[str, Sequence[Blocker]] | None = None,
) -> Demand:
    """Return what a server requires from a host.

    ``zones`` are the availability zones of the possible hosts. ``held`` contains the allocations of the server by
    resource provider. Without ``held``, the request is calculated from the flavor.
    """
    flavor = server.get("flavor") or {}
    unknown = []
    if _PINNED_ZONE not in server and len({*zones, server.get("OS-EXT-AZ:availability_zone")} - {None}) > 1:
        unknown.append("the availability zone of the server (microversion 2.96)")
    if "extra_specs" not in flavor:
        unknown.append("traits and aggregates of its flavor")
    total = resources.total(held) if held else None
    return Demand(
        str(server["id"]),
        zone=server.get(_PINNED_ZONE),
        group=group,
        request=resources.resource_request(total, flavor, from_volume=not server.get("image")),
        aggregate_hosts=resources.aggregate_hosts(flavor, aggregates),
        unknown=tuple(unknown),
        against=against or {},
    )
