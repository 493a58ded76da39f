# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that calculate how many servers fit on compute hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Resources

# The free resources, by the name of the compute host or resource provider.
Free = dict[str, "Resources"]


def fit(wanted: Mapping[str, Resources], candidates: Mapping[str, list[str]], free: Free) -> set[str]:
    """Return the ids of the servers that fit on their candidate hosts at the same time.

    Nova's scheduler may choose other hosts.
    """
    left = {host: dict(resources) for host, resources in free.items()}
    found = set()
    for server in sorted(wanted, key=lambda one: (_size(wanted[one]), one), reverse=True):
        need = wanted[server]
        roomy = [host for host in candidates[server] if host in left and _holds(left[host], need)]
        if not roomy:
            continue
        host = max(roomy, key=lambda one: (_size(left[one]), one))
        for name, amount in need.items():
            left[host][name] -= amount
        found.add(server)
    return found


def servers_that_fit(candidates: Sequence[Mapping[str, Resources]], free: Free, at_most: int) -> int:
    """Return how many servers of one flavor fit on a host, but at most ``at_most``.

    ``candidates`` are allocation candidates of Placement for one server.
    """
    left = {provider: dict(resources) for provider, resources in free.items()}
    for found in range(at_most):
        fitting = (one for one in candidates if all(_holds(left.get(name, {}), need) for name, need in one.items()))
        chosen = next(fitting, None)
        if chosen is None:
            return found
        for name, need in chosen.items():
            for resource, amount in need.items():
                left[name][resource] -= amount
    return at_most


def _holds(free: Resources, need: Resources) -> bool:
    return all(free.get(name, 0) >= amount for name, amount in need.items())


def _size(resources: Resources) -> tuple[int, int]:
    return resources.get("MEMORY_MB", 0), resources.get("VCPU", 0)
