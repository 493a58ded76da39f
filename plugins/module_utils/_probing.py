# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Whether servers answer on the network while they are migrated: what is asked for, where, and what is told of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._errors import GuestError, InputError
from ansible_collections.stackproof.migration.plugins.module_utils._probe import Icmp, Prober, Target, Tcp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

_IPV4 = 4
# How often it is told that an answer is waited for
EVERY_SECONDS = 10.0


@dataclass(frozen=True)
class Reach:
    """How a server has answered so far; seconds."""

    address: str
    silent: float
    longest: float
    # The longest that is allowed
    most: float | None = None


@dataclass(frozen=True)
class Order:
    """How servers are asked."""

    protocol: str
    port: int = 22
    interval: float = 0.02
    address: str | None = None
    network: str | None = None
    # For how long the first answer is waited for
    patience: float = 120.0
    # How many seconds a server may be silent
    most: float | None = None

    @classmethod
    def of(cls, params: Mapping[str, Any], *, wait: bool) -> Order | None:
        """As the options probe and max_pause say; None when nobody is to be asked."""
        given, most = params["probe"], params["max_pause"]
        if given is None:
            if most is not None:
                raise InputError("max_pause needs probe, which tells how long a server does not answer.")
            return None
        if not wait:
            raise InputError("probe needs wait: whoever asks the servers must be there until their migration is over.")
        if most is not None and most < 0:
            raise InputError(f"max_pause must not be less than 0, found {most:g}.")
        for name in ("interval", "timeout"):
            if given[name] <= 0:
                raise InputError(f"probe: {name} must be greater than 0, found {given[name]:g}.")
        if not 0 < given["port"] < 2**16:
            raise InputError(f"probe: port must be from 1 to 65535, found {given['port']}.")
        if given["address"] is not None and not _is_address(given["address"]):
            raise InputError(f"probe: address must be an IP address, found {given['address']!r}.")
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


class Probe:
    """One server's."""

    def __init__(self, order: Order, name: str, address: str) -> None:
        self.order = order
        self.name = name
        self.target: Target = (
            Tcp(address, order.port, order.interval) if order.protocol == "tcp" else Icmp(address, order.interval)
        )

    @property
    def reach(self) -> Reach:
        longest = self.target.longest.seconds
        return Reach(f"{self.target.address} ({self.order.way})", self.target.silent, longest, self.order.most)

    def end(self, now: datetime) -> dict[str, Any]:
        """What is told of it, after which nothing changes any more; ``now`` is on the clock that others read."""
        gaps = self.target.freeze()
        longest = gaps.longest
        began = now - timedelta(seconds=time.monotonic() - longest.began) if longest.seconds else None
        return {
            "address": self.target.address,
            "protocol": self.order.protocol,
            "port": self.order.port if self.order.protocol == "tcp" else None,
            "interval": self.order.interval,
            "asked": gaps.asked,
            "answered": gaps.answered,
            "longest_gap": round(longest.seconds, 2),
            "longest_gap_began": began.isoformat(timespec="milliseconds") if began else None,
            "silent": round(gaps.silent, 2),
        }


def prober_of(probes: Sequence[Probe], order: Order) -> Prober:
    """Who asks them all."""
    return Prober([one.target for one in probes], order.interval)


def probe_of(order: Order, name: str, addresses: Sequence[Mapping[str, Any]]) -> Probe:
    """The probe of a server that has these addresses."""
    return Probe(order, name, order.address or _address_of(order, name, addresses))


def await_answers(probes: Iterable[Probe], tell: Callable[[str], None] | None = None) -> None:
    """Until each has answered once. From then on it counts what they do."""
    every = list(probes)
    began = time.monotonic()
    for one in every:
        while not one.target.answered.wait(min(EVERY_SECONDS, one.order.patience)):
            spent = time.monotonic() - began
            if spent >= one.order.patience:
                raise GuestError(
                    f"{one.name}: nothing has answered at {one.reach.address} for {one.order.patience:g} s (probe)."
                    " No migration was asked for. The machine that runs the module needs a way there, and the server's"
                    " security groups must let it in."
                )
            if tell is not None:
                tell(f"{one.name} has not answered yet at {one.reach.address}; {spent:.0f} s")
    for one in every:
        one.target.begin()


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _address_of(order: Order, name: str, addresses: Sequence[Mapping[str, Any]]) -> str:
    """A floating one rather than a fixed one, and of IPv4 rather than of IPv6: the likeliest way in from outside."""
    fit = [one for one in addresses if order.network in (None, one["network"])]
    if fit:
        best = min(fit, key=lambda one: (one["type"] != "floating", one["version"] != _IPV4))
        return str(best["address"])
    on = f" on the network {order.network}" if order.network else ""
    networks = sorted({str(one["network"]) for one in addresses})
    known = f" It has some on {', '.join(networks)}." if networks else ""
    raise InputError(f"probe: the server {name} has no address{on}.{known} Boot it on a network, or set probe.address.")
