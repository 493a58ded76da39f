# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: what the preflight of a cycle found and chose, in the words that the role shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def cloud_text(cloud: Any, preflight: Mapping[str, Any]) -> str:
    """Which cloud it is: a run against another cloud than was meant looks the same otherwise."""
    place = preflight.get("cloud") or {}
    region = place.get("region")
    # a dictionary of settings has no name, and may have secrets
    name = cloud if isinstance(cloud, str) and cloud else "no entry of clouds.yaml"
    return ", ".join(part for part in (name, f"region {region}" if region else "", place.get("auth_url")) if part)


def lines(preflight: Mapping[str, Any], inputs: Mapping[str, Any]) -> list[str]:
    """The cloud, the user, the hosts, and what is booted; empty where the preflight found none of it.

    ``inputs`` have the names of the role ``migration_cycle``.
    """
    if not preflight.get("user"):
        return []
    image = _chosen(preflight, "image", inputs.get("migration_cycle_image"), "the smallest")
    flavor = _chosen(preflight, "flavor", inputs.get("migration_cycle_flavor"), "the smallest that fits")
    return [
        f"cloud      {cloud_text(inputs.get('migration_cycle_cloud'), preflight)}",
        f"user       {preflight['user']['name']}, project {preflight['project']['name']}",
        f"hosts      {', '.join(preflight.get('usable_hosts') or ['not visible to this user'])}",
        f"image      {image}",
        f"flavor     {flavor}",
    ]


def _chosen(preflight: Mapping[str, Any], what: str, named: Any, why: str) -> str:
    found = (preflight.get(what) or {}).get("name", "none found")
    return f"{found} ({f'chosen: {why}' if preflight.get(f'{what}_chosen') else named or 'none to choose from'})"


def orphaned_text(servers: Sequence[Mapping[str, Any]], *, removed: bool) -> str:
    """What happens to servers that earlier runs left behind."""
    names = ", ".join(str(server["name"]) for server in servers)
    fate = "They are deleted now." if removed else "They stay: migration_cycle_remove_orphaned_servers is false."
    return f"{len(servers)} servers of runs that are over: {names}. {fate}"
