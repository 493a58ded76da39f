# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Data classes for the options and results of the network probe."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping


# A server that does not answer for this number of seconds counts as unreachable.
SILENT_SECONDS = 1.0
# The minimum and the maximum of the probe interval, in seconds.
INTERVALS = (0.005, 0.5)
# The option ``max_downtime`` must be at least this many probe intervals long.
MIN_REQUESTS = 5


@dataclass(frozen=True)
class Reach:
    """The result of the network probe of one server. All times are in seconds."""

    address: str
    # Whether the server answers the network probe now. None means that the module does not know.
    answers: bool | None
    silent: float
    longest: float
    # The longest possible downtime in seconds, if the server was down during all delays.
    possible: float
    # Longest allowed downtime.
    max_downtime: float | None = None


@dataclass(frozen=True)
class ProbeOrder:
    """The options of the network probe."""

    protocol: str
    port: int
    interval: float
    address: str | None
    network: str | None
    # The name or the path of the network namespace from which the probe sends its requests. None means its own.
    netns: str | None
    # How long the probe waits for the first answer of a server, in seconds.
    first_answer_timeout: float
    # Longest allowed downtime in seconds.
    max_downtime: float | None

    @classmethod
    def of(cls, params: Mapping[str, Any], *, wait: bool) -> ProbeOrder | None:
        """Return the options of the network probe, or None without a probe.

        Raise InputError when an option is not valid.
        """
        given, max_downtime = params["probe"], params["max_downtime"]
        if given is None:
            if max_downtime is not None:
                raise InputError("max_downtime needs probe, because the probe measures the downtime. Set probe.")
            return None
        if not wait:
            raise InputError("probe needs wait=true, because the module probes each server until its migration ends.")
        least, longest = INTERVALS
        # This condition also rejects NaN, because every comparison with NaN is false.
        if not least <= given["interval"] <= longest:
            raise InputError(f"probe: interval must be from {least:g} to {longest:g}, found {given['interval']:g}.")
        if not 0 < given["timeout"] < float("inf"):
            raise InputError(f"probe: timeout must be greater than 0, found {given['timeout']:g}.")
        if not 0 < given["port"] < 2**16:
            raise InputError(f"probe: port must be from 1 to 65535, found {given['port']}.")
        if given["address"] is not None and not is_address(given["address"]):
            raise InputError(f"probe: address must be an IP address, found {given['address']!r}.")
        if given["netns"] is not None and not given["netns"].strip():
            raise InputError("probe: netns must be the name or the path of a network namespace, found an empty text.")
        if max_downtime is not None and not max_downtime >= MIN_REQUESTS * given["interval"]:
            raise InputError(
                f"max_downtime must be at least {MIN_REQUESTS * given['interval']:g}, which is"
                f" {MIN_REQUESTS} times the interval of probe, found {max_downtime:g}."
            )
        return cls(
            protocol=given["protocol"],
            port=given["port"],
            interval=given["interval"],
            address=given["address"],
            network=given["network"],
            netns=given["netns"],
            first_answer_timeout=given["timeout"],
            max_downtime=max_downtime,
        )

    @property
    def method(self) -> str:
        return f"tcp port {self.port}" if self.protocol == "tcp" else self.protocol


def is_address(value: Any) -> bool:
    """Return whether the value is an IP address."""
    try:
        ip_address(value)
    except ValueError:
        return False
    return True
