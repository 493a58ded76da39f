# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Create and delete private flavors: https://docs.openstack.org/api-ref/compute/#flavors.

The description of such a flavor contains the metadata of its run, so that a later run can find it. Nova stores a
description since microversion 2.55 (Queens).
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import ForbiddenError, NotFoundError
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import FLAVORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

Flavor = dict[str, Any]


def create_copy(
    cloud: Cloud, flavor: Mapping[str, Any], name: str, mark: Mapping[str, str], *, more_ram: int
) -> Flavor:
    """Create a private copy of a flavor with ``more_ram`` MiB of additional memory. Only this project may use it."""
    body = {
        "name": name,
        "ram": int(flavor["ram"]) + more_ram,
        "vcpus": flavor["vcpus"],
        "disk": flavor["disk"],
        "swap": int(flavor.get("swap") or 0),
        "OS-FLV-EXT-DATA:ephemeral": flavor.get("OS-FLV-EXT-DATA:ephemeral", 0),
        "os-flavor-access:is_public": False,
        "description": json.dumps(dict(mark)),
    }
    what = f"Creating the private flavor {name}"
    answer = cloud.send("POST", "/flavors", what, need=FLAVORS, json={"flavor": body})
    created, specs = dict(answer.body.object("flavor")), dict(flavor.get("extra_specs") or {})
    path = f"/flavors/{created['id']}"
    try:
        access = {"addTenantAccess": {"tenant": str(cloud.identity().project_id)}}
        cloud.send("POST", f"{path}/action", f"Giving access to {name}", need=FLAVORS, json=access)
        if specs:
            what = f"Setting the extra specs of {name}"
            extra = {"extra_specs": specs}
            cloud.send("POST", f"{path}/os-extra_specs", what, need=FLAVORS, json=extra)
    except Exception:
        delete(cloud, created["id"])
        raise
    return {**created, "extra_specs": specs}


def delete(cloud: Cloud, flavor_id: str) -> None:
    """Delete a flavor, if it exists."""
    what = f"Deleting the private flavor {flavor_id}"
    with contextlib.suppress(NotFoundError):
        cloud.retry_idempotent(lambda: cloud.send("DELETE", f"/flavors/{flavor_id}", what, need=FLAVORS))


def marked(cloud: Cloud, key: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the id and the mark of each private flavor whose mark has this key.

    Yield nothing if the user may not list private flavors.
    """
    params = {"is_public": "None"}
    with contextlib.suppress(ForbiddenError):
        for flavor in cloud.pages(
            "/flavors/detail", "flavors", "Listing the private flavors", need=FLAVORS, params=params
        ):
            mark = _mark_in(flavor.get("description"))
            if key in mark and flavor.get("os-flavor-access:is_public") is False:
                yield str(flavor["id"]), mark


def _mark_in(text: Any) -> dict[str, str]:
    try:
        found = json.loads(text or "")
    except (TypeError, ValueError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}
