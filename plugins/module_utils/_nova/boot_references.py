# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Check that the availability zone, the compute host and the key pair of a boot request exist."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING
from urllib.parse import quote

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import ForbiddenError, NotFoundError
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import (
    AVAILABILITY_ZONES,
    KEY_PAIRS,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova import compute_services
from ansible_collections.stackproof.migration.plugins.module_utils._nova.lookup import known_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud


def zone_of(availability_zone: str | None) -> str | None:
    """Return the availability zone in a text such as ``zone:host:node``, or None if the zone is missing."""
    return (availability_zone or "").partition(":")[0] or None


def host_of(availability_zone: str | None) -> str | None:
    """Return the compute host in a text such as ``zone:host:node``. Return None when the text has no host."""
    return (availability_zone or "").partition(":")[2].partition(":")[0] or None


def check_availability_zone(cloud: Cloud, availability_zone: str) -> None:
    """Raise NotFoundError if the zone or the host in ``availability_zone`` does not exist.

    The function checks the host only if the user may list compute hosts.
    """
    zone, host = zone_of(availability_zone), host_of(availability_zone)
    if zone is not None:
        body = cloud.get("/os-availability-zone", "Listing the availability zones", need=AVAILABILITY_ZONES)
        names = [str(entry["zoneName"]) for entry in body["availabilityZoneInfo"]]
        if zone not in names:
            raise _unknown("availability_zone", "availability zone", zone, names)
    if host is not None:
        with contextlib.suppress(ForbiddenError):
            check_compute_hosts(cloud, "availability_zone", [host])


def check_compute_hosts(cloud: Cloud, option: str, hosts: Iterable[str]) -> None:
    """Raise NotFoundError when one of the hosts has no nova-compute service. One request lists all services."""
    names = [str(service["host"]) for service in compute_services.services(cloud)]
    for host in hosts:
        if host not in names:
            raise _unknown(option, "compute host", host, names)


def check_key_name(cloud: Cloud, name: str) -> None:
    """Raise NotFoundError if the user has no key pair with this name."""
    try:
        cloud.get(f"/os-keypairs/{quote(name, safe='')}", f"Reading the key pair {name}", need=KEY_PAIRS)
    except NotFoundError:
        body = cloud.get("/os-keypairs", "Listing the key pairs", need=KEY_PAIRS)
        names = [str(entry["keypair"]["name"]) for entry in body["keypairs"]]
        raise _unknown("key_name", "key pair", name, names) from None


def _unknown(option: str, kind: str, name: str, names: list[str]) -> NotFoundError:
    existing = known_names([{"id": known, "name": known} for known in names], name)
    return NotFoundError(f"{option}: this cloud has no {kind} named {name}. {existing}".rstrip(), service="compute")
