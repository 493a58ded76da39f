# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Convert the options of the module migration_scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import poll_intervals_of
from ansible_collections.stackproof.migration.plugins.module_utils._module.run_owner import RUN_KEY
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.definition import (
    parse_profile,
    parse_scenario,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import (
    DEFAULT_PROFILE,
    Profile,
    ScenarioRun,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.resources import RunOptions
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.selection import unknown_profiles
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

_SAME_NAME = (
    "name",
    "max_parallel",
    "max_servers",
    "max_image_mib",
    "boot_timeout",
    "migrate_timeout",
    "settle_timeout",
    "delete_timeout",
    "same_host_resize",
    "allow_disruptive",
    "verify_guests",
    "progress_file",
)


def options_of(params: Mapping[str, Any]) -> RunOptions:
    """Return the options of a run. Raise InputError if a value is not valid."""
    for name in ("max_parallel", "max_servers"):
        if params[name] < 1:
            raise InputError(f"{name} must be at least 1, found {params[name]}.")
    mark = {str(key): str(value) for key, value in params["metadata"].items()}
    if params["state"] == "present" and not mark.get(RUN_KEY):
        raise InputError(
            f"metadata must have the key {RUN_KEY} with the id of the run. Use the lookup"
            " stackproof.migration.run_identity."
        )
    return RunOptions(
        **{name: params[name] for name in _SAME_NAME},
        image=params["image"] or "",
        flavor=params["flavor"] or "",
        mark=mark,
        tags=tuple(params["tags"]),
        networks=tuple(params["networks"]),
        pace=poll_intervals_of(params),
    )


def runs_in(params: Mapping[str, Any]) -> list[ScenarioRun]:
    """Return the scenarios with their profiles. Raise InputError if a definition or a name is not valid."""
    scenarios = {one.id: one for one in map(parse_scenario, params["scenarios"])}
    profiles = profiles_of(params["profiles"])
    problems = unknown_profiles(scenarios.values(), profiles)
    if problems:
        raise InputError(" ".join(problems))
    if params["runs"] is None:
        return [ScenarioRun(one, profiles[name]) for one in scenarios.values() for name in one.profiles]
    found = []
    for run in params["runs"]:
        for kind, known in (("scenario", scenarios), ("profile", profiles)):
            if run[kind] not in known:
                hint = did_you_mean(run[kind], list(known))
                raise InputError(f"runs: there is no {kind} {run[kind]}. {hint}".rstrip())
        found.append(ScenarioRun(scenarios[run["scenario"]], profiles[run["profile"]]))
    return found


def profiles_of(given: list[Any]) -> dict[str, Profile]:
    """Return the profiles by their names, with the default profile. A later profile replaces one of the same name."""
    parsed = [parse_profile(one, number) for number, one in enumerate(given, 1)]
    return {DEFAULT_PROFILE: Profile(DEFAULT_PROFILE), **{profile.name: profile for profile in parsed}}
