# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Whether servers answer on the network while they are migrated: what is asked for, where, and what is told of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import (
    PROGRESS_SECONDS,
    Deadline,
    PollIntervals,
    Waiter,
)
from ansible_collections.stackproof.migration.plugins.module_utils._probe.model import SILENT_SECONDS, ProbeOrder, Reach
from ansible_collections.stackproof.migration.plugins.module_utils._probe.prober import Icmp, Prober, Target, Tcp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock
    from ansible_collections.stackproof.migration.plugins.module_utils._probe.downtime import DowntimeTracker

_IPV4 = 4


class Probe:
    """One server's."""

    def __init__(self, order: ProbeOrder, name: str, address: str) -> None:
        self.order = order
        self.name = name
        self.target: Target = (
            Tcp(address, order.port, order.interval) if order.protocol == "tcp" else Icmp(address, order.interval)
        )
        # When its migration was seen to have ended, and for how long we had been held up until then
        self._ended: tuple[float, float] | None = None

    @property
    def where(self) -> str:
        return f"{self.target.address} ({self.order.way})"

    def begin(self) -> None:
        """Its migration is asked for now."""
        self.target.begin()

    def migration_has_ended(self) -> None:
        """An answer from before is none any more; once is enough."""
        if self._ended is None:
            gaps = self.target.gaps
            self._ended = gaps.now, gaps.held_up

    def migration_goes_on(self) -> None:
        self._ended = None

    @property
    def reach(self) -> Reach:
        gaps = self.target.gaps
        longest = gaps.longest.seconds
        return Reach(self.where, self._is_there(gaps), gaps.silent, longest, gaps.possible, self.order.most)

    def _is_there(self, gaps: DowntimeTracker) -> bool | None:
        if self.target.lost:
            return None
        if self._ended is None or gaps.answered_since(self._ended[0]):
            return gaps.silent < SILENT_SECONDS
        spent, held_up = gaps.now - self._ended[0], gaps.held_up - self._ended[1]
        # nobody could ask ever since
        return None if held_up > SILENT_SECONDS > spent - held_up else False

    def end(self, now: datetime, clock: Clock) -> dict[str, Any]:
        """What is told of it; ``now`` is this moment as a date."""
        gaps = self.target.gaps
        longest = gaps.longest
        started = now - timedelta(seconds=clock.monotonic() - longest.started) if longest.seconds else None
        return {
            "address": self.target.address,
            "protocol": self.order.protocol,
            "port": self.order.port if self.order.protocol == "tcp" else None,
            "interval": self.order.interval,
            "asked": gaps.asked,
            "answered": gaps.answered,
            "longest_downtime": round(longest.seconds, 2),
            "longest_downtime_started": started.isoformat(timespec="milliseconds") if started else None,
            "silent": round(gaps.silent, 2),
            "held_up": round(gaps.held_up, 2),
        }


def prober_of(probes: Sequence[Probe], order: ProbeOrder, clock: Clock) -> Prober:
    """Who asks them all."""
    return Prober([one.target for one in probes], order.interval, clock)


def probe_of(order: ProbeOrder, server: Mapping[str, Any]) -> Probe:
    """The probe of a server, as _servers.view shows it."""
    name = str(server["name"] or server["id"])
    return Probe(order, name, order.address or _address_of(order, name, server["addresses"]))


def await_answers(
    probes: Sequence[Probe], order: ProbeOrder, prober: Prober, clock: Clock, tell: Callable[[str], None] | None = None
) -> list[Probe]:
    """Until all answer at the same time; those that do not in time."""
    deadline, next_line = Deadline(clock, order.patience), Deadline(clock, PROGRESS_SECONDS)
    silent: list[Probe] = []
    for _tick in Waiter(clock, deadline, PollIntervals(order.interval, order.interval)):
        silent = [one for one in probes if not (one.target.gaps.answered and one.reach.there)]
        if not silent or prober.ended_by() is not None:
            break
        if tell is not None and next_line.over:
            next_line = Deadline(clock, PROGRESS_SECONDS)
            tell(f"{silent[0].name} has not answered yet at {silent[0].where}; {deadline.spent:.0f} s")
    return silent


def never_answered(one: Probe) -> str:
    """Why a server is not migrated."""
    gaps = one.target.gaps
    todo = "The machine that runs the module needs a way there, and the server's security groups must let it in."
    if not gaps.asked:
        found = f"{one.where} cannot be asked from the machine that runs the module (probe)"
    elif not gaps.answered:
        found = f"nothing has answered at {one.where} for {one.order.patience:g} s (probe)"
    else:
        found = f"it has not answered at {one.where} for {gaps.silent:.1f} s (probe)"
        todo = "Wait until it is well again."
    return f"{one.name}: {found}. Its migration was not asked for. {todo}"


def _address_of(order: ProbeOrder, name: str, addresses: Sequence[Mapping[str, Any]]) -> str:
    """A floating one rather than a fixed one, and of IPv4 rather than of IPv6: the likeliest way in from outside."""
    fit = [one for one in addresses if order.network in (None, one["network"])]
    if fit:
        best = min(fit, key=lambda one: (one["type"] != "floating", one["version"] != _IPV4))
        return str(best["address"])
    on = f" on the network {order.network}" if order.network else ""
    networks = sorted({str(one["network"]) for one in addresses})
    known = f" It has some on {', '.join(networks)}." if networks else ""
    raise InputError(f"probe: the server {name} has no address{on}.{known} Boot it on a network, or set probe.address.")
