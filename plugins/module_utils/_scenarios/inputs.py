# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that validate the inputs of the role migration_scenarios, and that choose its scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import (
    RoleInputs,
    unknown,
    whole_number_of,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios import selection
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.definition import (
    parse_profile,
    parse_scenario,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import (
    DEFAULT_PROFILE,
    Profile,
    Scenario,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROLE = "migration_scenarios"
# This value in place of a suite or a scenario requests the catalogue.
LIST = selection.LIST
# The role sets this fact.
RESULTS = ("migration_scenarios_result",)
_WHOLE_SECONDS = ("boot_timeout", "migrate_timeout", "settle_timeout", "delete_timeout")
_LISTS = ("suites", "scenarios", "tags", "networks", "folders")
_SWITCHES = (
    "same_host_resize",
    "allow_disruptive",
    "verify_guests",
    "remove_orphaned_servers",
    "fail",
    "inconclusive_is_ok",
    "redact_hosts",
)
_REPORT_INPUTS: dict[str, Any] = {
    "suites": None,
    "scenarios": None,
    "tags": None,
    "profiles": None,
    "networks": None,
    "image": None,
    "flavor": None,
    "max_parallel": whole_number_of,
    "max_servers": whole_number_of,
    "max_image_mib": whole_number_of,
    **dict.fromkeys(_WHOLE_SECONDS, whole_number_of),
    "same_host_resize": None,
    "allow_disruptive": None,
    "verify_guests": None,
}


def choose(inputs: Mapping[str, Any], catalogue: Mapping[str, Any], variables: Iterable[str] = ()) -> dict[str, Any]:
    """Return the scenarios and profiles of a run, and a message for each invalid input.

    ``catalogue`` is the result of the lookup scenario_catalogue. ``variables`` are the names of all variables that
    start with ``migration_scenarios_``.
    """
    checked = RoleInputs(ROLE, inputs)
    checked.problems += unknown(variables, [*inputs, *RESULTS])
    _check_values(checked)
    scenarios = _parsed(checked, catalogue.get("scenarios") or [])
    profiles = _profiles(checked, catalogue.get("profiles") or [])
    lists = {name: list_of(checked[name]) for name in ("suites", "scenarios", "tags")}
    wants_list = LIST in (*lists["suites"], *lists["scenarios"])
    # A scenario with a mistake in its definition exists, too.
    ids = [_id(one) for one in catalogue.get("scenarios") or []]
    tags = [tag for scenario in scenarios for tag in scenario.tags]
    checked.problems += selection.problems_of(ids, tags, lists["suites"], lists["scenarios"], lists["tags"])
    chosen = selection.select(scenarios, lists["suites"], lists["scenarios"], lists["tags"])
    checked.problems += selection.unknown_profiles(chosen, profiles)
    own = [str(one.get("name")) for one in checked["profiles"] or [] if isinstance(one, dict)]
    runs = [] if checked.problems else selection.runs_of(chosen, profiles, own)
    named = {run.profile.name for run in runs}
    given = {str(one.get("name")): one for one in [*(catalogue.get("profiles") or []), *_dicts(checked["profiles"])]}
    return {
        "problems": checked.problems,
        "scenarios": [one for one in catalogue.get("scenarios") or [] if _id(one) in {run.scenario.id for run in runs}],
        "profiles": [one for name, one in given.items() if name in named],
        "runs": [{"scenario": run.scenario.id, "profile": run.profile.name} for run in runs],
        "catalogue": catalogue_lines(scenarios) if wants_list and not checked.problems else [],
        "note": selection.unused_profiles([name for name in own if name not in named]) if runs else "",
    }


def report_inputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs that the report shows, by name without the prefix of the role."""
    return RoleInputs(ROLE, inputs).typed(_REPORT_INPUTS)


def list_of(value: Any) -> list[str]:
    """Return the names in a list, or in a text with commas."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else []


def catalogue_lines(scenarios: Iterable[Scenario]) -> list[str]:
    """Return the catalogue as lines of text: the suites, and the id and title of each scenario."""
    lines: list[str] = []
    suite = ""
    for scenario in scenarios:
        if scenario.suite != suite:
            suite = scenario.suite
            lines.append(f"{suite}:")
        marks = [*scenario.tags, *(["disruptive"] if scenario.disruptive else [])]
        lines.append(f"  {scenario.id}{f' ({chr(44).join(marks)})' if marks else ''}: {scenario.title}")
    return lines


def _check_values(checked: RoleInputs) -> None:
    checked.require_cloud("cloud")
    for name in _LISTS:
        value = checked[name]
        if not isinstance(value, (str, list, tuple)) or not all(isinstance(one, str) for one in value):
            checked.refuse(name, "a list of names", "Use a list, or a text with commas.")
    for name in ("max_parallel", "max_servers", "max_image_mib"):
        checked.require_whole_number(name, 1)
    for name in _WHOLE_SECONDS:
        checked.require_whole_number(name, 1, " second")
    checked.require_text("image", what="the name or id of an image")
    checked.require_text("flavor", what="the name or id of a flavor")
    checked.require_name("name", "a name for the servers", "Set it to a short name.")
    checked.require_text("report_dir", what="the path of a folder")
    checked.require_switches(*_SWITCHES)


def _parsed(checked: RoleInputs, given: Iterable[Mapping[str, Any]]) -> list[Scenario]:
    found = []
    for one in given:
        try:
            found.append(parse_scenario(one))
        except InputError as error:
            checked.problems.append(error.failure.message)
    return found


def _profiles(checked: RoleInputs, built_in: Iterable[Mapping[str, Any]]) -> dict[str, Profile]:
    """Return all profiles by name. A profile of the user replaces one of the collection."""
    found = {DEFAULT_PROFILE: Profile(DEFAULT_PROFILE)}
    own = checked["profiles"]
    if own not in ("", None) and not isinstance(own, (list, tuple)):
        checked.refuse("profiles", "a list of dictionaries", "Leave it empty for the profiles of the collection.")
        own = []
    for number, one in enumerate([*built_in, *(own or [])], 1):
        try:
            profile = parse_profile(one, number)
        except InputError as error:
            checked.problems.append(f"{checked.named('profiles')}: {error.failure.message}")
        else:
            found[profile.name] = profile
    return found


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, (list, tuple)) else []


def _id(given: Mapping[str, Any]) -> str:
    return f"{given['suite']}/{given['name']}"
