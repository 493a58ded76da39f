# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that validate the inputs ``probe`` and ``max_downtime`` of roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import (
    is_empty,
    number_of,
    whole_number_of,
)
from ansible_collections.stackproof.migration.plugins.module_utils._probe.model import (
    INTERVALS,
    MIN_REQUESTS,
    is_address,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import RoleInputs

PROTOCOLS = ("icmp", "tcp")
# The options of a probe for several servers. For one server, there is also the option ``address``.
OPTIONS = ("protocol", "port", "network", "netns", "interval", "timeout")
ADDRESS = "address"
# Defaults in seconds.
INTERVAL = 0.02
TIMEOUT = 120
# The longest timeout is 30 days. Python cannot represent very late dates.
MAX_SECONDS = 2_592_000


def parse_probe(probe: Any) -> dict[str, Any] | None:
    """Return the options of the network probe that have a value.

    Return None if ``probe`` is not a dictionary.
    """
    if not probe:
        return {}
    if not isinstance(probe, dict):
        return None
    return {key: value for key, value in probe.items() if not is_empty(value)}


def probe_seconds(probe: Mapping[str, Any]) -> float:
    """Return the seconds for which a probe waits for the first answer of a server."""
    return min(number_of(probe.get("timeout", TIMEOUT)) or 0, MAX_SECONDS)


def check_probe(given: RoleInputs, options: Sequence[str] = OPTIONS, *, has_addresses: bool) -> None:
    """Add a message for each invalid option of the input ``probe``.

    ``has_addresses`` is true unless the servers have no network.
    """
    probe, name = parse_probe(given["probe"]), given.named("probe")
    if probe is None:
        given.refuse("probe", "a dictionary with protocol: icmp or tcp", "Set the protocol, or use {} for no probe.")
    if not probe:
        return
    for option in sorted(set(map(str, probe)) - set(options)):
        given.problems.append(f"{name} has no option {option}. The options are {', '.join(options)}.")
    _check_values(given, probe)
    if ADDRESS not in probe and not has_addresses:
        networks = given.named("networks")
        given.problems.append(
            f"{name} needs servers with an address, but {networks} is none. Set {networks} to auto, or to a list of"
            " networks."
        )


def _check_values(given: RoleInputs, probe: Mapping[str, Any]) -> None:
    if probe.get("protocol") not in PROTOCOLS:
        _refuse_option(given, probe, "protocol", " or ".join(PROTOCOLS), f"Set it to {' or '.join(PROTOCOLS)}.")
    port = whole_number_of(probe.get("port", 22))
    if port is None or not 0 < port < 2**16:
        _refuse_option(given, probe, "port", "a number from 1 to 65535", "Choose the port of a service on the servers.")
    interval, (shortest, longest) = number_of(probe.get("interval", INTERVAL)), INTERVALS
    if interval is None or not shortest <= interval <= longest:
        must = f"a number of seconds from {shortest:g} to {longest:g}"
        _refuse_option(given, probe, "interval", must, f"Choose a number of seconds, such as {INTERVAL}.")
    timeout = number_of(probe.get("timeout", TIMEOUT))
    if timeout is None or not 0 < timeout <= MAX_SECONDS:
        must = f"a number of seconds, greater than 0 and at most {MAX_SECONDS}"
        _refuse_option(given, probe, "timeout", must, f"Choose a number of seconds, such as {TIMEOUT}.")
    if not isinstance(probe.get("netns", ""), str):
        _refuse_option(given, probe, "netns", "a name or a path", "Set it to the name of a network namespace.")
    if ADDRESS in probe and not is_address(probe[ADDRESS]):
        _refuse_option(given, probe, ADDRESS, "an IP address", "Set the address to the IP address of the server.")


def _refuse_option(given: RoleInputs, probe: Mapping[str, Any], option: str, must: str, action: str) -> None:
    value = probe.get(option, "")
    given.problems.append(f"{given.named('probe')}: {option} must be {must}, found {value!r}. {action}")


def check_max_downtime(given: RoleInputs, *, measured: bool, action: str) -> None:
    """Add a message if the input ``max_downtime`` is not valid.

    ``measured`` is true if the run measures the downtime without a probe. ``action`` is the text that tells the user
    how to measure the downtime.
    """
    probe, max_downtime = parse_probe(given["probe"]), given["max_downtime"]
    if is_empty(max_downtime):
        return
    seconds = number_of(max_downtime)
    if seconds is None or seconds < 0:
        given.refuse(
            "max_downtime",
            "a number of seconds, at least 0",
            "Enter a number of seconds, or leave the input empty for no limit.",
        )
    elif not measured and probe == {}:
        problem = f"{given.named('max_downtime')} is {max_downtime}."
        given.problems.append(f"{problem} This run does not measure the downtime of the guests. {action}")
    elif probe:
        minimum = MIN_REQUESTS * (number_of(probe.get("interval", INTERVAL)) or 0)
        if seconds < minimum:
            given.refuse(
                "max_downtime",
                f"at least {minimum:g}, which is {MIN_REQUESTS} times the interval of {given.named('probe')}",
                f"Lower the interval of the probe, or raise {given.named('max_downtime')}.",
            )
