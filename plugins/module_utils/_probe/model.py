# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: how a server is probed on the network, and how it answered."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping


# A server that is well may miss a few questions in a row.
SILENT_SECONDS = 1.0
# Questions come so many seconds after another, at least and at most.
INTERVALS = (0.005, 0.5)
# A pause of less than so many questions cannot be told from none.
LEAST_QUESTIONS = 5


@dataclass(frozen=True)
class Reach:
    """How a server has answered so far; seconds."""

    address: str
    # Whether it answers now; None where nobody can say
    there: bool | None
    silent: float
    longest: float
    # As long it can have been, had nothing answered while we were held up, either
    possible: float
    # The longest that is allowed
    most: float | None = None


@dataclass(frozen=True)
class ProbeOrder:
    """How servers are asked."""

    protocol: str
    port: int
    interval: float
    address: str | None
    network: str | None
    # For how long the first answer is waited for
    patience: float
    # How many seconds a server may be silent
    most: float | None

    @classmethod
    def of(cls, params: Mapping[str, Any], *, wait: bool) -> ProbeOrder | None:
        """As the options probe and max_downtime say; None when nobody is to be asked."""
        given, most = params["probe"], params["max_downtime"]
        if given is None:
            if most is not None:
                raise InputError("max_downtime needs probe, which tells how long a server does not answer.")
            return None
        if not wait:
            raise InputError("probe needs wait: whoever asks the servers must be there until their migration is over.")
        least, longest = INTERVALS
        # what is no number compares with none
        if not least <= given["interval"] <= longest:
            raise InputError(f"probe: interval must be from {least:g} to {longest:g}, found {given['interval']:g}.")
        if not 0 < given["timeout"] < float("inf"):
            raise InputError(f"probe: timeout must be greater than 0, found {given['timeout']:g}.")
        if not 0 < given["port"] < 2**16:
            raise InputError(f"probe: port must be from 1 to 65535, found {given['port']}.")
        if given["address"] is not None and not _is_address(given["address"]):
            raise InputError(f"probe: address must be an IP address, found {given['address']!r}.")
        if most is not None and not most >= LEAST_QUESTIONS * given["interval"]:
            raise InputError(
                f"max_downtime must be at least {LEAST_QUESTIONS * given['interval']:g}, which is"
                f" {LEAST_QUESTIONS} times the interval of probe, found {most:g}."
            )
        return cls(
            protocol=given["protocol"],
            port=given["port"],
            interval=given["interval"],
            address=given["address"],
            network=given["network"],
            patience=given["timeout"],
            most=most,
        )

    @property
    def way(self) -> str:
        return f"tcp port {self.port}" if self.protocol == "tcp" else self.protocol


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
