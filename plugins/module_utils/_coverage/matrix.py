# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read the compute hosts of a cloud, and plan the migrations between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.concurrent_calls import call_concurrently
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import ForbiddenError
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import text
from ansible_collections.stackproof.migration.plugins.module_utils._blockers import pair_rules
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.facts_reader import FactsReader
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.groups import required_traits
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.model import BETWEEN_GROUPS
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.planner import CoverageRequest, Planner
from ansible_collections.stackproof.migration.plugins.module_utils._nova import compute_services, host_eligibility
from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import Placement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

NOTHING: dict[str, Any] = {
    "cloud": None,
    "microversion": None,
    "coverage": None,
    "hosts": [],
    "groups": [],
    "journeys": [],
    "pairs": [],
    "untested": [],
    "moves": 0,
    "servers": 0,
    "sample": None,
}
_COMPUTE_TRAIT = "COMPUTE_"
_ONLY_ADMINISTRATORS = (
    "A coverage names compute hosts, and the policy of Nova does not let this user read them. Use a user with the role"
    " admin, or test one pair without a coverage: then Nova's scheduler chooses the hosts."
)


def read_matrix(cloud: Cloud, request: CoverageRequest) -> dict[str, Any]:
    """Return the plan of a coverage run.

    The number of requests grows only with the pages of the list of hypervisors. Raise ForbiddenError if the user may
    not read the compute hosts.
    """
    request.check()
    try:
        hypervisors, services, aggregates = call_concurrently(
            [
                lambda: compute_services.hypervisors(cloud),
                lambda: compute_services.services(cloud),
                lambda: compute_services.aggregates(cloud),
            ]
        )
    except ForbiddenError as error:
        raise ForbiddenError(
            f"{_ONLY_ADMINISTRATORS} ({error.failure.message})",
            service="compute",
            http_status=error.failure.http_status,
            request_id=error.failure.request_id,
        ) from error
    merged = host_eligibility.merge(hypervisors, services)
    obstacles = [host_eligibility.obstacle(host, None, None) for host in merged]
    judged = [{**host, "usable": why is None, "obstacle": why} for host, why in zip(merged, obstacles, strict=True)]
    hosts = list(pair_rules.hosts(judged, hypervisors).values())
    context = FactsReader(cloud).context()
    features = _features(cloud, hosts) if request.coverage == BETWEEN_GROUPS and not request.host_groups else {}
    plan = Planner(request, hosts, context, required_traits(aggregates), features).plan()
    offered = cloud.microversions
    return {
        **NOTHING,
        "cloud": cloud.location(),
        "microversion": {"min": text(offered.oldest), "max": text(offered.newest)},
        "coverage": request.coverage,
        **plan.as_result(),
        "sample": None if request.sample is None else request.sample.as_result(),
    }


def _features(cloud: Cloud, hosts: Sequence[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """Return the traits ``COMPUTE_*`` of each host that has room for a server. This is one request to Placement.

    nova-compute reports what it can do with these traits. So they often differ between two releases.
    """
    body = Placement(cloud).candidates_for({"VCPU": 1}) or {}
    summaries = body.get("provider_summaries") or {}
    return {
        str(host["name"]): frozenset(
            trait for trait in summaries[host["provider"]]["traits"] if trait.startswith(_COMPUTE_TRAIT)
        )
        for host in hosts
        if host["provider"] in summaries
    }
