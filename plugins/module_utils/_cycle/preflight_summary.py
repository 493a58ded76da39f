# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Format the result of the module migration_preflight as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def cloud_text(cloud: Any, preflight: Mapping[str, Any]) -> str:
    """Return the cloud name, the region and the Identity URL as one text, without unknown values."""
    place = preflight.get("cloud") or {}
    region = place.get("region")
    # The option ``cloud`` can be a dictionary with secrets, so the text shows only a name.
    name = cloud if isinstance(cloud, str) and cloud else "no entry of clouds.yaml"
    return ", ".join(part for part in (name, f"region {region}" if region else "", place.get("auth_url")) if part)


def summary_lines(preflight: Mapping[str, Any], inputs: Mapping[str, Any]) -> list[str]:
    """Return lines of text about the cloud, the user, the hosts, the image and the flavor.

    The list is empty if ``preflight`` contains no values. ``inputs`` contains the inputs of the role
    ``migration_cycle``.
    """
    if not preflight.get("user"):
        return []
    image = _choice(preflight, "image", inputs.get("migration_cycle_image"), "smallest suitable image")
    flavor = _choice(preflight, "flavor", inputs.get("migration_cycle_flavor"), "smallest suitable flavor")
    return [
        f"cloud      {cloud_text(inputs.get('migration_cycle_cloud'), preflight)}",
        f"user       {preflight['user']['name']}, project {preflight['project']['name']}",
        f"hosts      {', '.join(preflight.get('usable_hosts') or ['not visible to this user'])}",
        f"image      {image}",
        f"flavor     {flavor}",
    ]


def _choice(preflight: Mapping[str, Any], kind: str, named: Any, reason: str) -> str:
    name = (preflight.get(kind) or {}).get("name", "none found")
    return f"{name} ({reason if preflight.get(f'{kind}_chosen') else named or f'no suitable {kind}'})"


def orphans_text(servers: Sequence[Mapping[str, Any]], resources: Sequence[Mapping[str, Any]], *, removed: bool) -> str:
    """Return a text about the servers of ended runs, and about resources that belong to no server.

    The text is empty if there are none.
    """
    texts = []
    if servers:
        texts.append(_orphans("servers", [str(server["name"]) for server in servers], removed=removed))
    if resources:
        names = [f"{one['kind']} {one['name'] or one['id']}" for one in resources]
        texts.append(_orphans("resources", names, removed=removed))
    return " ".join(texts)


def _orphans(kind: str, names: Sequence[str], *, removed: bool) -> str:
    kept = f"The {kind} are kept, because migration_cycle_remove_orphaned_servers is false."
    action = f"The {kind} are deleted now." if removed else kept
    return f"Orphaned {kind} of ended runs: {', '.join(names)} (count={len(names)}). {action}"
