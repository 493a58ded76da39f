# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pure: the shape of JSON answers. The shape contains the keys and the types of an answer, but not its values.

A shape has an entry for each path, such as ``servers[].flavor.ram``, with the types that occur there. ``[]`` stands for
the items of a list, ``*`` for the values of an object whose keys are data. If only some objects have the key, the types
include ``absent``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Shape = dict[str, list[str]]

# Objects whose keys are data: uuids, names of resource classes, items that users set
_MAPS = frozenset({
    "addresses",
    "allocations",
    "extra_specs",
    "metadata",
    "provider_summaries",
    "resources",
})  # fmt: skip
# Objects whose content depends on the hypervisor
_OPAQUE = frozenset({"cpu_info"})


def shape_of(bodies: Sequence[Any]) -> Shape:
    """Return the shape of the answers to one kind of request."""
    types: dict[str, set[str]] = {}
    _add(types, "", list(bodies))
    return {path: sorted(found) for path, found in sorted(types.items())}


def _add(types: dict[str, set[str]], path: str, values: Sequence[Any]) -> None:
    if not values:
        return
    types.setdefault(path, set()).update(_type_of(value) for value in values)
    name = path.rpartition(".")[2]
    if name in _OPAQUE:
        return
    _add(types, f"{path}[]", [item for value in values if isinstance(value, list) for item in value])
    objects = [value for value in values if isinstance(value, dict)]
    if name in _MAPS:
        _add(types, f"{path}.*", [item for value in objects for item in value.values()])
        return
    for key in sorted({key for value in objects for key in value}):
        below = f"{path}.{key}" if path else key
        present = [value[key] for value in objects if key in value]
        _add(types, below, present)
        if len(present) < len(objects):
            types[below].add("absent")


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    # A bool is also an int.
    for kind, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array")):
        if isinstance(value, kind):
            return name
    return "object"


def differences(recorded: Shape, found: Shape, *, null_optional: bool = False) -> list[str]:
    """Return a line for each path that differs.

    With `null_optional`, a recorded null need not occur in `found`. The record has the content of a list or a map only
    if it was not empty.
    """
    lines = []
    for path in sorted(recorded.keys() | found.keys()):
        if path not in recorded and _is_content_of_empty(path, recorded):
            continue
        expected, present = set(recorded.get(path, ["absent"])), set(found.get(path, ["absent"]))
        if null_optional and "null" in expected and present != {"absent"}:
            expected, present = expected - {"null"}, present - {"null"}
            # The type in `found` is only null. This does not contradict the record.
            if not present or not expected:
                expected = present
        if expected != present:
            kinds = "|".join(recorded.get(path, ["absent"])), "|".join(found.get(path, ["absent"]))
            lines.append(f"{path or 'body'}: recorded {kinds[0]}, found {kinds[1]}")
    return lines


def _is_content_of_empty(path: str, recorded: Shape) -> bool:
    """Whether a path is below a list or a map that was empty in all recorded answers."""
    parts = path.replace("[]", ".[]").split(".")
    for length in range(1, len(parts) + 1):
        above = ".".join(parts[:length]).replace(".[]", "[]")
        if above not in recorded:
            return parts[length - 1] in ("[]", "*")
    return False
