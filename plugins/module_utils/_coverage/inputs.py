# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that validate the inputs of the role migration_coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._coverage.model import COVERAGES, LIST
from ansible_collections.stackproof.migration.plugins.module_utils._migration.probe_inputs import (
    check_max_downtime,
    check_probe,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import (
    RoleInputs,
    unknown,
    whole_number_of,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_devices import device_problems
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ROLE = "migration_coverage"
# The playbook regression.yml tests one pair of hosts with the role migration_cycle.
PAIR = "pair"
CHOICES = (PAIR, *COVERAGES)
NAMED = tuple(name for name in CHOICES if name != LIST)
# The role sets these facts.
RESULTS = ("migration_coverage_result", "migration_coverage_profiles")
_DEVICES = ("boot_volume", "volumes", "config_drive", "server_group_policy", "metadata")
_WHOLE_SECONDS = ("boot_timeout", "migrate_timeout", "settle_timeout", "delete_timeout")
_REPORT_INPUTS: dict[str, Any] = {
    "coverage": None,
    "pairs": None,
    "hosts": None,
    "host_groups": None,
    "max_parallel": whole_number_of,
    "max_parallel_per_host": whole_number_of,
    "max_moves": whole_number_of,
    "sample": None,
    "image": None,
    "flavor": None,
    "networks": None,
    "devices": None,
    "security_groups": None,
    "probe": None,
    "max_downtime": None,
    "block_migration": None,
    **dict.fromkeys(_WHOLE_SECONDS, whole_number_of),
    "on_timeout": None,
}


def problems_of(inputs: Mapping[str, Any], variables: Iterable[str] = ()) -> list[str]:
    """Return a message for each invalid input.

    ``variables`` are the names of all variables that start with ``migration_coverage_``.
    """
    checked = RoleInputs(ROLE, inputs)
    checked.problems += unknown(variables, [*inputs, *RESULTS])
    checked.require_cloud("cloud")
    checked.require_choice("coverage", COVERAGES)
    _check_hosts(checked)
    for name in ("max_parallel", "max_parallel_per_host", "max_moves"):
        checked.require_whole_number(name, 1)
    for name in _WHOLE_SECONDS:
        checked.require_whole_number(name, 1, " second")
    checked.require_choice("block_migration", ("auto", "true", "false"))
    checked.require_choice("on_timeout", ("fail", "abort", "force_complete"))
    checked.require_text("sample", what="a share such as 5%")
    _check_devices(checked)
    checked.require_text("image", what="the name or id of an image")
    checked.require_text("flavor", what="the name or id of a flavor")
    checked.require_name("name", "a name for the servers", "Set it to a short name.")
    check_probe(checked, has_addresses=checked["networks"] != "none")
    check_max_downtime(checked, measured=False, action=f"Set {checked.named('probe')}.")
    checked.require_text("report_dir", what="the path of a folder")
    checked.require_switches(
        "remove_orphaned_servers", "release_allocations", "fail", "inconclusive_is_ok", "redact_hosts"
    )
    return checked.problems


def _check_devices(checked: RoleInputs) -> None:
    devices = checked["devices"] or {}
    if not isinstance(devices, dict):
        checked.refuse("devices", "a dictionary", "Leave it empty for servers without volumes.")
        return
    for key in devices:
        if key not in _DEVICES:
            hint = did_you_mean(str(key), _DEVICES) or f"Known are {', '.join(_DEVICES)}."
            checked.problems.append(f"{checked.named('devices')} has the unknown key {key!r}. {hint}")
    checked.problems += device_problems(devices, lambda name: f"{checked.named('devices')}.{name}")


def report_inputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs that the report shows, by name without the prefix of the role."""
    return RoleInputs(ROLE, inputs).typed(_REPORT_INPUTS)


def _check_hosts(checked: RoleInputs) -> None:
    texts = (
        ("hosts", "a list of names of compute hosts", "Leave it empty for all compute hosts."),
        ("security_groups", "a list of names or ids of security groups", "Leave it empty for the default group."),
        ("pairs", "a list of source:destination", "Leave it empty, or set migration_coverage_coverage=list."),
    )
    for name, must, action in texts:
        value = checked[name]
        if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) and one for one in value):
            checked.refuse(name, must, action)
    if not isinstance(checked["host_groups"], dict):
        checked.refuse(
            "host_groups", "a dictionary with a list of hosts for each group", "Leave it empty for no groups."
        )
    if isinstance(checked["pairs"], list) and bool(checked["pairs"]) != (checked["coverage"] == LIST):
        checked.problems.append(
            f"{checked.named('pairs')} and {checked.named('coverage')}=list need each other."
            " Set both, or neither of them."
        )


def choice_of(value: Any, target: Any) -> dict[str, Any]:
    """Return the inputs of the role for the variable ``regression_coverage`` of the playbook regression.yml.

    ``value`` is "pair", the name of a coverage, or the pairs as a list or as a text with commas. ``target`` is the
    input ``migration_cycle_target``, which a coverage cannot use. The key ``problem`` is empty if both are valid.
    """
    if isinstance(value, str) and ":" not in value:
        coverage, pairs = value or PAIR, []
    else:
        texts = value.split(",") if isinstance(value, str) else value
        coverage = LIST
        pairs = [str(one).strip() for one in texts] if isinstance(texts, (list, tuple)) else []
    return {"coverage": coverage, "pairs": pairs, "problem": _problem_of(value, coverage, pairs, target)}


def _problem_of(value: Any, coverage: str, pairs: Sequence[str], target: Any) -> str:
    if coverage not in CHOICES or (coverage == LIST and not pairs):
        hint = did_you_mean(str(value), CHOICES)
        return (
            f"regression_coverage must be {', '.join(NAMED)} or a list of source:destination, found {value!r}."
            f" {hint}".rstrip()
        )
    if coverage != PAIR and target not in ("", None, "scheduler"):
        return (
            f"migration_cycle_target is {target}, but regression_coverage={coverage} chooses the hosts itself."
            " Remove one of them."
        )
    return ""
