# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: what is wrong with the inputs of a cycle, and what they mean for its steps.

Inputs have the names of the role ``migration_cycle``.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.target import OTHER, SCHEDULER
from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import (
    RoleInputs,
    is_empty,
    number_of,
    switch_of,
    unknown,
    whole_number_of,
)
from ansible_collections.stackproof.migration.plugins.module_utils._probe.model import INTERVALS, LEAST_QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROLE = "migration_cycle"
# What the role sets itself, under a name that looks like an input
RESULT = "migration_cycle_result"
CONSOLE = "console"
NETWORKS = ("none", "auto")
PROTOCOLS = ("icmp", "tcp")
_PROBE_OPTIONS = ("protocol", "port", "address", "network", "interval", "timeout")
# Defaults of the probe's options that other inputs are compared with; seconds.
_PROBE_INTERVAL = 0.02
_PROBE_TIMEOUT = 120
# What the steps may take besides their timeouts: requests, and Ansible itself; seconds.
_MARGIN = 600
_WHOLE_SECONDS = ("boot_timeout", "migrate_timeout", "settle_timeout", "delete_timeout")
_SWITCHES = (
    "control",
    "remove_orphaned_servers",
    "release_allocations",
    "fail",
    "inconclusive_is_ok",
    "redact_hosts",
)
# What a report shows, and how
_REPORTED: dict[str, Any] = {
    "image": None,
    "flavor": None,
    "count": whole_number_of,
    "migrate_count": whole_number_of,
    "target": None,
    "block_migration": None,
    "spare_servers": whole_number_of,
    "wait_for_hosts": number_of,
    "networks": None,
    "availability_zone": None,
    "boot_timeout": whole_number_of,
    "migrate_timeout": whole_number_of,
    "settle_timeout": whole_number_of,
    "delete_timeout": whole_number_of,
    "on_timeout": None,
    "verify_guest": None,
    "probe": None,
    "max_downtime": None,
}


def problems_of(inputs: Mapping[str, Any], variables: Iterable[str] = (), *, check_mode: bool = False) -> list[str]:
    """Why the cycle cannot be run with these inputs; empty when it can.

    ``variables`` are the names of all variables that begin like the role's inputs.
    """
    given = RoleInputs(ROLE, inputs)
    given.problems += unknown(variables, [*inputs, RESULT])
    if check_mode:
        given.problems.append(
            "Whether live migration works shows only when it is tried, so this role has no check mode. Run it without"
            " --check, or use the module migration_preflight, which tells without a change whether it can be tried."
        )
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
    given.require_name("name", "what the names of the servers begin with", "Give a text, such as migration-cycle.")
    given.require_whole_number("count", 1)
    given.require_whole_number("spare_servers", 0)
    networks = given["networks"]
    if networks not in NETWORKS and not (_is_list(networks) and networks and all(_is_name(one) for one in networks)):
        given.refuse(
            "networks", "none, auto, or a list of networks", "Choose none or auto, or name networks in a list."
        )
    metadata = given["metadata"]
    if not (is_empty(metadata) or isinstance(metadata, dict)):
        given.refuse("metadata", "a dictionary", "Give keys and values, or {} for none.")


def _check_migrations(given: RoleInputs) -> None:
    given.require_whole_number("migrate_count", 1)
    count, migrate_count = whole_number_of(given["count"]), whole_number_of(given["migrate_count"])
    if count is not None and migrate_count is not None and migrate_count > count >= 1:
        given.refuse(
            "migrate_count",
            f"at most {given.named('count')} ({count})",
            f"Lower {given.named('migrate_count')}, or raise {given.named('count')}.",
        )
    given.require_name("target", f"{SCHEDULER}, {OTHER} or the name of a compute host", "Choose one of these.")
    given.require_choice("block_migration", ("auto", "true", "false"))
    given.require_choice("on_timeout", ("fail", "abort", "force_complete"))
    given.require_seconds("wait_for_hosts", zero=True)
    for name in _WHOLE_SECONDS:
        given.require_whole_number(name, 1, " second")
    given.require_poll_intervals()


def _check_guests(given: RoleInputs) -> None:
    given.require_choice("verify_guest", ("none", CONSOLE))
    probe, most = probe_of(given["probe"]), given["max_downtime"]
    if probe is None:
        given.refuse("probe", "a dictionary with protocol: icmp or tcp", "Give such a dictionary, or {} for no probe.")
    elif probe:
        _check_probe(given, probe)
    if is_empty(most):
        return
    seconds = number_of(most)
    if seconds is None or seconds < 0:
        given.refuse(
            "max_downtime", "a number of seconds, at least 0", "Set it to a number, or leave it empty for any."
        )
    elif given["verify_guest"] != CONSOLE and probe == {}:
        given.problems.append(
            f"{given.named('max_downtime')} is {most}, but nothing measures the downtime of the guests. Set"
            f" {given.named('verify_guest')} to {CONSOLE}, or {given.named('probe')}, too."
        )
    elif probe:
        least = LEAST_QUESTIONS * (number_of(probe.get("interval", _PROBE_INTERVAL)) or 0)
        if seconds < least:
            given.refuse(
                "max_downtime",
                f"at least {least:g}, which is {LEAST_QUESTIONS} times the interval of {given.named('probe')}",
                f"Raise {given.named('max_downtime')}, or lower that interval.",
            )


def _check_probe(given: RoleInputs, probe: Mapping[str, Any]) -> None:
    name = given.named("probe")
    for option in sorted(set(map(str, probe)) - set(_PROBE_OPTIONS)):
        given.problems.append(f"{name} has no option {option}. Choose from {', '.join(_PROBE_OPTIONS)}.")
    if probe.get("protocol") not in PROTOCOLS:
        _refuse_option(given, probe, "protocol", " or ".join(PROTOCOLS), "Choose one of them.")
    port = whole_number_of(probe.get("port", 22))
    if port is None or not 0 < port < 2**16:
        _refuse_option(given, probe, "port", "a number from 1 to 65535", "Give the port of a service on the servers.")
    interval, (least, most) = number_of(probe.get("interval", _PROBE_INTERVAL)), INTERVALS
    if interval is None or not least <= interval <= most:
        must = f"a number of seconds from {least:g} to {most:g}"
        _refuse_option(given, probe, "interval", must, f"Set it to a number such as {_PROBE_INTERVAL}.")
    timeout = number_of(probe.get("timeout", _PROBE_TIMEOUT))
    if timeout is None or timeout <= 0:
        must = "a number of seconds, greater than 0"
        _refuse_option(given, probe, "timeout", must, f"Set it to a number such as {_PROBE_TIMEOUT}.")
    _check_address(given, probe)


def _check_address(given: RoleInputs, probe: Mapping[str, Any]) -> None:
    name, networks, migrate_count = (
        given.named("probe"),
        given.named("networks"),
        whole_number_of(given["migrate_count"]),
    )
    if "address" not in probe:
        if given["networks"] == "none":
            given.problems.append(
                f"{name} needs servers that have an address, and {networks} is none. Set {networks} to auto, or to a"
                " list of networks."
            )
        return
    if not _is_address(probe["address"]):
        _refuse_option(given, probe, "address", "an IP address", "Give the IP address of the server.")
    if migrate_count is not None and migrate_count > 1:
        given.problems.append(
            f"The address of {name} is that of one server, and {given.named('migrate_count')} is {migrate_count}. Set"
            f" {given.named('migrate_count')} to 1, or leave the address out."
        )


def _refuse_option(given: RoleInputs, probe: Mapping[str, Any], option: str, must: str, action: str) -> None:
    found = probe.get(option, "")
    given.problems.append(f"{given.named('probe')}: {option} must be {must}, found {found!r}. {action}")


def probe_of(given: Any) -> dict[str, Any] | None:
    """The probe without options that are given as empty; empty for no probe, and None when it is no dictionary."""
    if not given:
        return {}
    if not isinstance(given, dict):
        return None
    return {key: value for key, value in given.items() if not is_empty(value)}


def settings_of(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What the inputs mean for the steps of a cycle.

    What is no valid input counts as none here: ``problems_of`` tells of it.
    """
    given = RoleInputs(ROLE, inputs)
    probe = probe_of(given["probe"]) or {}
    # as text: the 0 that allows no downtime is not an input that is left out
    most = "" if is_empty(given["max_downtime"]) else str(given["max_downtime"])
    return {
        "lasts": _lasts(given, probe),
        "migrate_count": whole_number_of(given["migrate_count"]) or 0,
        "probe": probe,
        "probed": bool(probe),
        "probe_max_downtime": most if probe else "",
        "console": given["verify_guest"] == CONSOLE,
        "console_max_downtime": most,
        "reported": {name: _typed(given[name], read) for name, read in _REPORTED.items()},
    }


def _typed(value: Any, read: Any) -> Any:
    typed = read(value) if read else None
    return value if typed is None else typed


def _lasts(given: RoleInputs, probe: Mapping[str, Any]) -> int:
    """After this many seconds a run is over for sure, and what it has left may be removed by another one."""

    def seconds(name: str) -> float:
        return number_of(given[name]) or 0

    batch = sum(map(seconds, ("boot_timeout", "migrate_timeout", "wait_for_hosts"))) + 2 * seconds("settle_timeout")
    # the control experiment boots and migrates a second time
    times = 2 if switch_of(given["control"]) else 1
    first_answer = number_of(probe.get("timeout", _PROBE_TIMEOUT)) or 0
    return int(times * batch + seconds("delete_timeout") + first_answer + _MARGIN)


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_address(value: Any) -> bool:
    try:
        ip_address(value)
    except ValueError:
        return False
    return True
