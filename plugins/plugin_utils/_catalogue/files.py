# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Read the files of scenarios and profiles on the controller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import SUITES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PROFILES = "profiles.yml"
SCENARIOS = "scenarios"


def read_catalogue(folders: Sequence[Path]) -> dict[str, list[dict[str, Any]]]:
    """Return the scenarios and the profiles of these folders, as dictionaries.

    A folder contains ``scenarios/<suite>/<name>.yml``, ``profiles.yml``, or both. A scenario or profile replaces an
    earlier one of the same name. Raise ValueError with the path of a file that is not valid YAML.
    """
    scenarios: dict[tuple[str, str], dict[str, Any]] = {}
    profiles: dict[str, dict[str, Any]] = {}
    for folder in folders:
        for path in sorted(folder.glob(f"{SCENARIOS}/*/*.yml")):
            suite, name = path.parent.name, path.stem
            scenarios[suite, name] = {**_mapping_in(path), "suite": suite, "name": name}
        path = folder / PROFILES
        if path.exists():
            profiles |= {str(one.get("name")): one for one in _entries_in(path)}
    order = {suite: number for number, suite in enumerate(SUITES)}
    ordered = sorted(scenarios.values(), key=lambda one: (order.get(one["suite"], len(order)), one["name"]))
    return {"scenarios": ordered, "profiles": list(profiles.values())}


def _mapping_in(path: Path) -> dict[str, Any]:
    found = _load(path)
    if not isinstance(found, dict):
        raise ValueError(_message(path, "it must be a dictionary"))  # noqa: TRY004  # the file is wrong, not an argument
    return found


def _entries_in(path: Path) -> list[dict[str, Any]]:
    found = _load(path)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ValueError(_message(path, "it must be a list of dictionaries"))
    return found


def _load(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(_message(path, " ".join(str(error).split()))) from error


def _message(path: Path, why: str) -> str:
    return f"The file {path} cannot be used: {why}. Correct the file, or remove it."
