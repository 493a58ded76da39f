# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Validate the inputs of the role ``migration_cycle``, and convert numbers and switches to their types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.target import OTHER, SCHEDULER
from ansible_collections.stackproof.migration.plugins.module_utils._migration.probe_inputs import (
    ADDRESS,
    MAX_SECONDS,
    OPTIONS,
    check_max_downtime,
    check_probe,
    parse_probe,
    probe_seconds,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import (
    RoleInputs,
    is_empty,
    number_of,
    switch_of,
    unknown,
    whole_number_of,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_devices import (
    PORT_OPTIONS,
    VOLUME_OPTIONS,
    device_problems,
)
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROLE = "migration_cycle"
# The name of the fact that contains the result of the role.
RESULT = "migration_cycle_result"
CONSOLE = "console"
NETWORKS = ("none", "auto")
# The seconds that a run may need in addition to its timeouts.
_OVERHEAD = 600
_WHOLE_SECONDS = (
    "boot_timeout",
    "migrate_timeout",
    "settle_timeout",
    "volume_settle_timeout",
    "port_settle_timeout",
    "delete_timeout",
)
_SWITCHES = (
    "control",
    "remove_orphaned_servers",
    "release_allocations",
    "fail",
    "inconclusive_is_ok",
    "redact_hosts",
)
# The report shows these role inputs. Each value is a conversion function or None.
_REPORT_INPUTS: dict[str, Any] = {
    "image": None,
    "flavor": None,
    "count": whole_number_of,
    "migrate_count": whole_number_of,
    "target": None,
    "block_migration": None,
    "spare_servers": whole_number_of,
    "wait_for_hosts": number_of,
    "boot_volume": None,
    "volumes": None,
    "networks": None,
    "ports": None,
    "security_groups": None,
    "config_drive": None,
    "server_group": None,
    "server_group_policy": None,
    "availability_zone": None,
    "boot_timeout": whole_number_of,
    "migrate_timeout": whole_number_of,
    "settle_timeout": whole_number_of,
    "volume_settle_timeout": whole_number_of,
    "port_settle_timeout": whole_number_of,
    "warn_accepted_after": number_of,
    "delete_timeout": whole_number_of,
    "on_timeout": None,
    "verify_guest": None,
    "probe": None,
    "max_downtime": None,
}


def input_problems(inputs: Mapping[str, Any], variables: Iterable[str] = ()) -> list[str]:
    """Return a message for each invalid input.

    ``variables`` are the names of all variables that start with ``migration_cycle_``.
    """
    given = RoleInputs(ROLE, inputs)
    given.problems += unknown(variables, [*inputs, RESULT])
    _check_servers(given)
    _check_migrations(given)
    _check_guests(given)
    given.require_switches(*_SWITCHES)
    given.require_text("report_dir", what="the path of a folder")
    return given.problems


def _check_servers(given: RoleInputs) -> None:
    given.require_cloud("cloud")
    given.require_text("image", what="the name or id of an image")
    given.require_text("flavor", what="the name or id of a flavor")
    given.require_text("availability_zone", what="the name of an availability zone")
    given.require_name("name", "the beginning of the server names", "Set it to a text, such as migration-cycle.")
    given.require_whole_number("count", 1)
    given.require_whole_number("spare_servers", 0)
    networks = given["networks"]
    if networks not in NETWORKS and not (_is_list(networks) and networks and all(map(_is_name, networks))):
        given.refuse("networks", "none, auto, or a list of networks", "Choose none, auto or a list of network names.")
    _check_devices(given)
    metadata = given["metadata"]
    if not (is_empty(metadata) or isinstance(metadata, dict)):
        given.refuse("metadata", "a dictionary", "Set keys and values, or use {} for no metadata.")


def _check_devices(given: RoleInputs) -> None:
    """Check the volumes, ports and groups of the servers with the rules of the modules."""
    given.require_text("server_group", what="the name or id of a server group")
    drive = given["config_drive"]
    if not is_empty(drive) and switch_of(drive) is None:
        given.refuse("config_drive", "true, false or empty", "Set it to true or false, or leave it empty.")
    volumes, ports = given["volumes"], given["ports"]
    shapes: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
        ("boot_volume", [given["boot_volume"] or {}], VOLUME_OPTIONS),
        ("volumes", volumes or [], VOLUME_OPTIONS),
        ("ports", ports or [], PORT_OPTIONS),
    )
    problems = len(given.problems)
    for name, entries, options in shapes:
        _check_entries(given, name, entries, options)
    if not (is_empty(given["security_groups"]) or _is_list(given["security_groups"])):
        given.refuse("security_groups", "a list of names or ids", "Set it to a list, such as [default].")
    if len(given.problems) == problems:
        given.problems += device_problems(_device_values(given), given.named)
    _check_group_policy(given)


def _check_entries(given: RoleInputs, name: str, entries: Any, options: tuple[str, ...]) -> None:
    one = name == "boot_volume"
    if not _is_list(entries) or not all(isinstance(entry, dict) for entry in entries):
        kind = "a dictionary" if one else "a list of dictionaries"
        given.refuse(name, f"{kind} with the keys {', '.join(options)}", "See the documentation of the input.")
        return
    for number, entry in enumerate(entries, 1):
        what = given.named(name) if one else f"{given.named(name)}, entry {number}"
        for option in sorted(set(map(str, entry)) - set(options)):
            suggestion = did_you_mean(option, options)
            given.problems.append(
                f"{what} has no option {option}. The options are {', '.join(options)}. {suggestion}".rstrip()
            )
        if "delete_on_termination" in entry and switch_of(entry["delete_on_termination"]) is None:
            found = entry["delete_on_termination"]
            given.problems.append(f"{what}: delete_on_termination must be true or false, found {found!r}.")


def _check_group_policy(given: RoleInputs) -> None:
    count = whole_number_of(given["count"])
    if given["server_group_policy"] == "affinity" and count is not None and count > 1:
        given.problems.append(
            f"{given.named('server_group_policy')} cannot be affinity with {given.named('count')} {count}. Nova keeps"
            " the servers of such a group on one host, and refuses to migrate one of them. Set"
            f" {given.named('count')} to 1, or use soft-affinity."
        )


def _device_values(given: RoleInputs) -> dict[str, Any]:
    """Return the inputs for volumes, ports and groups in the form of the options of M(server_batch)."""
    boot_volume = given["boot_volume"] or None
    return {
        "count": whole_number_of(given["count"]),
        "boot_volume": None if boot_volume is None else _volume(boot_volume),
        "volumes": [_volume(volume) for volume in given["volumes"] or []],
        "networks": given["networks"],
        "ports": [_set_values(port) for port in given["ports"] or []],
        "security_groups": given["security_groups"] or [],
        "server_group": given["server_group"],
        "server_group_policy": given["server_group_policy"],
    }


def _volume(given: Mapping[str, Any]) -> dict[str, Any]:
    values = _set_values(given)
    if "size" in values:
        size = whole_number_of(values["size"])
        values["size"] = values["size"] if size is None else size
    if "delete_on_termination" in values:
        values["delete_on_termination"] = switch_of(values["delete_on_termination"])
    return values


def _set_values(given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if not is_empty(value)}


def _check_migrations(given: RoleInputs) -> None:
    given.require_whole_number("migrate_count", 1)
    count, migrate_count = whole_number_of(given["count"]), whole_number_of(given["migrate_count"])
    if count is not None and migrate_count is not None and migrate_count > count >= 1:
        given.refuse(
            "migrate_count",
            f"at most {given.named('count')} ({count})",
            f"Lower {given.named('migrate_count')}, or raise {given.named('count')}.",
        )
    given.require_name("target", f"{SCHEDULER}, {OTHER} or the name of a compute host", "Set it to one of these.")
    given.require_choice("block_migration", ("auto", "true", "false"))
    given.require_choice("on_timeout", ("fail", "abort", "force_complete"))
    given.require_seconds("wait_for_hosts", zero=True)
    for name in _WHOLE_SECONDS:
        given.require_whole_number(name, 1, " second")
    given.require_notifications()
    given.require_poll_intervals()
    for name in (*_WHOLE_SECONDS, "wait_for_hosts", "poll_interval_max"):
        if (number_of(given[name]) or 0) > MAX_SECONDS:
            given.refuse(name, f"at most {MAX_SECONDS} seconds (30 days)", "Set it to a lower number.")


def _check_guests(given: RoleInputs) -> None:
    given.require_choice("verify_guest", ("none", CONSOLE))
    check_probe(given, (*OPTIONS, ADDRESS), has_addresses=given["networks"] != "none" or bool(given["ports"]))
    migrate_count = whole_number_of(given["migrate_count"])
    if ADDRESS in (parse_probe(given["probe"]) or {}) and migrate_count is not None and migrate_count > 1:
        given.problems.append(
            f"{given.named('probe')}: address belongs to one server, but {given.named('migrate_count')} is"
            f" {migrate_count}. Set {given.named('migrate_count')} to 1, or remove the address."
        )
    action = f"Set {given.named('verify_guest')} to {CONSOLE}, or set {given.named('probe')}."
    check_max_downtime(given, measured=given["verify_guest"] == CONSOLE, action=action)


def cycle_settings(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Convert the inputs of the role ``migration_cycle`` to the types that its steps need.

    An invalid input becomes an empty value. ``input_problems`` reports invalid inputs.
    """
    given = RoleInputs(ROLE, inputs)
    probe = parse_probe(given["probe"]) or {}
    # The maximum downtime is a string, because templates treat the number 0 as empty.
    max_downtime = "" if is_empty(given["max_downtime"]) else str(given["max_downtime"])
    devices = _device_settings(given)
    return {
        **devices,
        # The value is a text, because templates treat the boolean false as empty.
        "config_drive": "" if (drive := switch_of(given["config_drive"])) is None else str(drive).lower(),
        # The control experiment boots one more server, and a port belongs to one server.
        "control_enabled": bool(switch_of(given["control"])) and not devices["ports"],
        "max_run_seconds": _max_run_seconds(given, probe),
        "migrate_count": whole_number_of(given["migrate_count"]) or 0,
        "probe": probe,
        "probe_enabled": bool(probe),
        "waits_in_migrate": bool(probe or given["notifications"]),
        "probe_network": str(probe.get("network") or ""),
        "probe_netns": str(probe.get("netns") or ""),
        "probe_max_downtime": max_downtime if probe else "",
        "console_enabled": given["verify_guest"] == CONSOLE,
        "console_max_downtime": max_downtime,
        "report_inputs": given.typed(_REPORT_INPUTS),
    }


def _device_settings(given: RoleInputs) -> dict[str, Any]:
    """Return the volumes and ports for the modules. Invalid inputs become empty."""
    boot_volume = given["boot_volume"] if isinstance(given["boot_volume"], dict) else {}
    lists = {name: given[name] if _is_list(given[name]) else [] for name in ("volumes", "ports")}
    volumes = [_volume(volume) for volume in lists["volumes"] if isinstance(volume, dict)]
    ports = [_set_values(port) for port in lists["ports"] if isinstance(port, dict)]
    return {"boot_volume": _volume(boot_volume), "volumes": volumes, "ports": ports}


def _max_run_seconds(given: RoleInputs, probe: Mapping[str, Any]) -> int:
    """Return the maximum duration of a run in seconds.

    After this time, the next run may delete the servers of this run.
    """

    def seconds(name: str) -> float:
        return min(number_of(given[name]) or 0, MAX_SECONDS)

    batch = sum(map(seconds, ("boot_timeout", "migrate_timeout", "wait_for_hosts"))) + 2 * seconds("settle_timeout")
    # The control experiment boots and migrates one more server, which can double the duration of a run.
    experiments = 2 if switch_of(given["control"]) else 1
    return int(experiments * batch + seconds("delete_timeout") + probe_seconds(probe) + _OVERHEAD)


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
