# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read and change compute services, and list hypervisors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import ForbiddenError, NotFoundError
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import (
    AGGREGATES,
    CHANGE_COMPUTE_SERVICES,
    COMPUTE_SERVICES,
    HYPERVISORS,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova import disabled_reason
from ansible_collections.stackproof.migration.plugins.module_utils._nova.lookup import MAX_NAMES
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

Service = dict[str, Any]
# Nova lists one hypervisor in about 10 ms, so a large page could time out.
_HYPERVISORS_PER_PAGE = 200


def hypervisors(cloud: Cloud) -> list[dict[str, Any]]:
    return cloud.pages(
        "/os-hypervisors/detail",
        "hypervisors",
        "Listing the hypervisors",
        need=HYPERVISORS,
        params={"limit": _HYPERVISORS_PER_PAGE},
    )


def aggregates(cloud: Cloud) -> list[dict[str, Any]]:
    """Return the host aggregates."""
    return list(cloud.get("/os-aggregates", "Listing the host aggregates", need=AGGREGATES)["aggregates"])


def has_fewer_hypervisors(cloud: Cloud, number: int) -> bool:
    """Return whether Nova has fewer hypervisors than `number`. Return False if the user cannot list hypervisors."""
    try:
        body = cloud.get("/os-hypervisors", "Listing the hypervisors", need=HYPERVISORS, params={"limit": number})
    except ForbiddenError:
        return False
    links = {link.get("rel") for link in body.get("hypervisors_links", [])}
    return len(body["hypervisors"]) < number and "next" not in links


def services(cloud: Cloud) -> list[Service]:
    """Return the nova-compute services of all hosts with one request."""
    body = cloud.get(
        "/os-services", "Listing the compute services", need=COMPUTE_SERVICES, params={"binary": "nova-compute"}
    )
    return list(body["services"])


def service_of(cloud: Cloud, host: str) -> Service:
    """Return the compute service of a host. Raise NotFoundError when the host does not exist."""
    body = cloud.get(
        "/os-services",
        f"Reading the compute service of {host}",
        need=CHANGE_COMPUTE_SERVICES,
        params={"binary": "nova-compute", "host": host},
    )
    if body["services"]:
        return view(body["services"][0])
    hosts = sorted(service["host"] for service in services(cloud))
    known = f"There are: {', '.join(hosts) or 'none'}." if len(hosts) <= MAX_NAMES else did_you_mean(host, hosts)
    raise NotFoundError(f"host: there is no compute host {host}. {known}".rstrip(), service="compute")


def view(service: Mapping[str, Any]) -> Service:
    """Convert a compute service to the form that the modules return."""
    reason = disabled_reason.read(service.get("disabled_reason"))
    return {
        # If the cell does not answer, Nova returns a compute service without an id.
        "id": service.get("id"),
        "host": service["host"],
        "status": service.get("status"),
        "state": service.get("state"),
        "forced_down": service.get("forced_down"),
        "availability_zone": service.get("zone"),
        "disabled_reason": service.get("disabled_reason"),
        "disabled_since": reason.moment,
        "disabled_before": reason.before,
    }


def predicted(service: Service, status: str, reason: str) -> Service:
    """Return the compute service with the new status and reason, for the result in check mode."""
    changed = {"zone": service["availability_zone"], "disabled_reason": reason or None, "status": status}
    return view({**service, **changed})


def change(cloud: Cloud, service: Service, status: str, reason: str = "") -> None:
    """Enable or disable a compute service."""
    body = {"status": status} | ({"disabled_reason": reason} if reason else {})
    what = f"Setting the compute service of {service['host']} to {status}"
    path = f"/os-services/{service['id']}"
    cloud.retry_idempotent(lambda: cloud.send("PUT", path, what, need=CHANGE_COMPUTE_SERVICES, json=body))
