# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: what is wrong with the inputs of a local cloud, and what they mean for the program that makes it.

Inputs have the names of the role ``local_cloud``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import (
    RoleInputs,
    number_of,
    switch_of,
    unknown,
    whole_number_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ROLE = "local_cloud"
# What the role sets itself, under names that look like inputs
RESULTS = ("local_cloud_result", "local_cloud_inspection")
STATES = ("started", "stopped", "absent")
HYPERVISORS = ("auto", "fake", "libvirt")
INSTALL_PACKAGES = ("auto", "true", "false")
# Limits of files/cloudctl. Hosts that run guests have an address each, fake ones have none.
MOST_HOSTS = 200
MOST_GUEST_MEMORY = 2048  # MiB
PORTS = 8
# Ports below are for root alone
FIRST_PORT = 1024
LAST_PORT = 65535
# Of each entry of a list: the number, the least that it may be, and whether it must be a whole number
_OF_FLAVORS = (("vcpus", 1, True), ("ram", 1, True), ("disk", 0, True))
_OF_GUESTS = (("memory", 1, True), ("dirty_rate", 0, False))


def problems_of(inputs: Mapping[str, Any], variables: Iterable[str] = (), releases: Sequence[str] = ()) -> list[str]:
    """Why there can be no local cloud with these inputs; empty when there can.

    ``variables`` are the names of all variables that begin like the role's inputs, ``releases`` the OpenStack releases
    that the role knows; empty leaves either unchecked.
    """
    given = RoleInputs(ROLE, inputs)
    given.problems += unknown(variables, [*inputs, *RESULTS])
    given.require_choice("state", STATES)
    given.require_name("dir", "the path of a folder", "Give the folder that the cloud is to be in.")
    if releases and str(given["release"]) not in releases:
        given.refuse("release", f"one of {', '.join(sorted(releases))}", "Choose one of them.")
    _check_hosts(given)
    _check_ports(given)
    given.require_text("python", what="the path of a Python")
    given.require_choice("install_packages", INSTALL_PACKAGES)
    given.require_seconds("start_timeout")
    _check_entries(given, "guests", "image", _OF_GUESTS)
    _check_entries(given, "flavors", "name", _OF_FLAVORS)
    given.require_switches("debug")
    faults = given["faults"]
    if not (_is_list(faults) and all(isinstance(name, str) and name for name in faults)):
        given.refuse("faults", "a list of names of faults", "Name faults in a list, or give [] for none.")
    return given.problems


def _check_hosts(given: RoleInputs) -> None:
    given.require_choice("hypervisor", HYPERVISORS)
    given.require_whole_number("hosts", 1)
    hosts = whole_number_of(given["hosts"])
    if given["hypervisor"] == "libvirt" and hosts is not None and hosts > MOST_HOSTS:
        given.refuse(
            "hosts",
            f"at most {MOST_HOSTS} with {given.named('hypervisor')}=libvirt",
            f"Lower it, or set {given.named('hypervisor')} to fake.",
        )
    given.require_seconds("migration_seconds", zero=True)
    given.require_whole_number("migration_bandwidth", 0, " for no limit")
    given.require_switches("post_copy")
    given.require_whole_number("live_migrations_per_host", 1)


def _check_ports(given: RoleInputs) -> None:
    first, last = whole_number_of(given["port_base"]), LAST_PORT - PORTS + 1
    if first != 0 and not (first is not None and FIRST_PORT <= first <= last):
        given.refuse(
            "port_base",
            f"0, or a number from {FIRST_PORT} to {last}",
            f"Set it to the first of {PORTS} free ports in a row, or to 0.",
        )


def _check_entries(given: RoleInputs, name: str, key: str, numbers: Sequence[tuple[str, int, bool]]) -> None:
    """A list of dictionaries, each with a text that no other has, and with numbers."""
    entries, options = given[name], [key, *(option for option, _least, _whole in numbers)]
    if not (_is_list(entries) and all(isinstance(entry, dict) for entry in entries)):
        given.refuse(name, f"a list of dictionaries with {', '.join(options)}", "Give such a list.")
        return
    seen: set[str] = set()
    for entry in entries:
        title = str(entry.get(key, ""))
        if not title.strip():
            _refuse_option(given, name, entry, key, "a text", "Name each one.")
        elif title in seen:
            given.problems.append(f"{given.named(name)} has {key}={title!r} more than once. Rename one of them.")
        seen.add(title)
        for option, least, whole in numbers:
            _check_number(given, name, entry, option, least, whole=whole)
        for option in sorted(set(map(str, entry)) - set(options)):
            given.problems.append(f"{given.named(name)} has no option {option}. Choose from {', '.join(options)}.")


def _check_number(
    given: RoleInputs, name: str, entry: Mapping[str, Any], option: str, least: int, *, whole: bool
) -> None:
    number = (whole_number_of if whole else number_of)(entry.get(option))
    most = MOST_GUEST_MEMORY if option == "memory" else None
    if number is None or number < least or (most is not None and number > most):
        kind = "a whole number" if whole else "a number"
        must = f"{kind} from {least} to {most}" if most else f"{kind} of at least {least}"
        _refuse_option(given, name, entry, option, must, "Correct it.")


def _refuse_option(given: RoleInputs, name: str, entry: Mapping[str, Any], option: str, must: str, action: str) -> None:
    found = entry.get(option, "")
    given.problems.append(f"{given.named(name)}: {option} must be {must}, found {found!r} in {dict(entry)}. {action}")


def settings_of(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs that the program in files/cloudctl reads, with their types; they must be valid."""
    given = RoleInputs(ROLE, inputs)
    return {
        "dir": given["dir"],
        "python": given["python"] or "",
        "hypervisor_settings": {
            "migration_seconds": number_of(given["migration_seconds"]),
            "migration_bandwidth": whole_number_of(given["migration_bandwidth"]),
            "post_copy": switch_of(given["post_copy"]),
        },
        "hosts": whole_number_of(given["hosts"]),
        "live_migrations_per_host": whole_number_of(given["live_migrations_per_host"]),
        "port_base": whole_number_of(given["port_base"]),
        "start_timeout": number_of(given["start_timeout"]),
        "guests": [_typed(entry, _OF_GUESTS) for entry in given["guests"]],
        "flavors": [_typed(entry, _OF_FLAVORS) for entry in given["flavors"]],
        "debug": switch_of(given["debug"]),
        "faults": list(given["faults"]),
    }


def _typed(entry: Mapping[str, Any], numbers: Sequence[tuple[str, int, bool]]) -> dict[str, Any]:
    typed = {option: (whole_number_of if whole else number_of)(entry[option]) for option, _least, whole in numbers}
    return {**entry, **typed}


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))
