# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of a report that several roles have in their results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The reports about a run of many migrations have these values, besides those below.
_VALUES = ("run_id", "outcome", "reason", "started", "ended", "counts")


def common_values(
    result: Mapping[str, Any],
    *,
    version: int,
    collection: str,
    values: Sequence[str] = (),
    optional: Sequence[str],
    lists: Sequence[str],
) -> dict[str, Any]:
    """Return a report for programs with these values of the result of a role. A missing list is empty."""
    return {
        "version": version,
        **{name: result[name] for name in (*_VALUES, *values)},
        "cloud": result.get("cloud") or None,
        "seconds": float(result.get("seconds") or 0.0),
        "collection": collection,
        "inputs": dict(result.get("inputs") or {}),
        **{name: result.get(name) or None for name in optional},
        **{name: list(result.get(name) or []) for name in lists},
    }


def cloud_names(cloud: object) -> dict[str, str]:
    """Return the names in a text such as "mycloud, region RegionOne", under the keys that the redaction knows."""
    name, *places = str(cloud or "").split(", ")
    region = "".join(place.removeprefix("region ") for place in places if place.startswith("region "))
    return {"cloud": name, "region": region}
