# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Probe servers on the network while they migrate."""

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
    """The network probe for one server."""

    def __init__(self, order: ProbeOrder, name: str, address: str) -> None:
        self.order = order
        self.name = name
        self.target: Target = (
            Tcp(address, order.port, order.interval) if order.protocol == "tcp" else Icmp(address, order.interval)
        )
        # The time at which the migration ended, and the value of held_up at this time.
        self._ended: tuple[float, float] | None = None

    @property
    def where(self) -> str:
        return f"{self.target.address} ({self.order.method})"

    def begin(self) -> None:
        """Restart the downtime measurement shortly before the migration request."""
        self.target.begin()

    def migration_has_ended(self) -> None:
        """Store the time at which the migration ended."""
        if self._ended is None:
            tracker = self.target.tracker
            self._ended = tracker.now, tracker.held_up

    def migration_continues(self) -> None:
        self._ended = None

    @property
    def reach(self) -> Reach:
        tracker = self.target.tracker
        longest = tracker.longest.seconds
        return Reach(
            self.where, self._answers_now(tracker), tracker.silent, longest, tracker.possible, self.order.max_downtime
        )

    def _answers_now(self, tracker: DowntimeTracker) -> bool | None:
        if self.target.lost:
            return None
        if self._ended is None or tracker.answered_since(self._ended[0]):
            return tracker.silent < SILENT_SECONDS
        spent, held_up = tracker.now - self._ended[0], tracker.held_up - self._ended[1]
        # If the module itself was delayed, the probe may have missed an answer.
        return None if held_up > SILENT_SECONDS > spent - held_up else False

    def end(self, now: datetime, clock: Clock) -> dict[str, Any]:
        """Stop the network probe and return its result. ``now`` is the current time on the clock of the cloud."""
        tracker = self.target.tracker
        longest = tracker.longest
        started = now - timedelta(seconds=clock.monotonic() - longest.started) if longest.seconds else None
        return {
            "address": self.target.address,
            "protocol": self.order.protocol,
            "port": self.order.port if self.order.protocol == "tcp" else None,
            "interval": self.order.interval,
            "asked": tracker.asked,
            "answered": tracker.answered,
            "longest_downtime": round(longest.seconds, 2),
            "longest_downtime_started": started.isoformat(timespec="milliseconds") if started else None,
            "silent": round(tracker.silent, 2),
            "held_up": round(tracker.held_up, 2),
        }


def prober_of(probes: Sequence[Probe], order: ProbeOrder, clock: Clock) -> Prober:
    return Prober([one.target for one in probes], order.interval, clock, order.netns)


def probe_of(order: ProbeOrder, server: Mapping[str, Any]) -> Probe:
    """Create the network probe of a server, which sends requests to the server.

    ``server`` is a result of ``view()`` in ``_nova/servers.py``.
    """
    name = str(server["name"] or server["id"])
    return Probe(order, name, order.address or _address_of(order, name, server["addresses"]))


def await_answers(
    probes: Sequence[Probe], order: ProbeOrder, prober: Prober, clock: Clock, tell: Callable[[str], None] | None = None
) -> list[Probe]:
    """Wait until all servers answer the probe. Return the servers that do not answer before the timeout."""
    deadline, next_line = Deadline(clock, order.first_answer_timeout), Deadline(clock, PROGRESS_SECONDS)
    silent: list[Probe] = []
    for _tick in Waiter(clock, deadline, PollIntervals(order.interval, order.interval)):
        silent = [one for one in probes if not (one.target.tracker.answered and one.reach.answers)]
        if not silent or prober.ended_by() is not None:
            break
        if tell is not None and next_line.over:
            next_line = Deadline(clock, PROGRESS_SECONDS)
            tell(f"{silent[0].name} has not answered yet at {silent[0].where} after {deadline.spent:.0f} s")
    return silent


def never_answered(one: Probe) -> str:
    """Return the message for a server that does not answer the probe before the migration."""
    tracker = one.target.tracker
    todo = "Check the security groups of the server, and the route to the server from the machine that runs the module."
    if not tracker.asked:
        found = f"{one.where} is not reachable from the machine that runs the module (probe)"
    elif not tracker.answered:
        found = f"no answer from {one.where} within {one.order.first_answer_timeout:g} s (probe)"
    else:
        found = f"no answer from {one.where} for {tracker.silent:.1f} s (probe)"
        todo = "Wait until the server answers again."
    return f"{one.name}: {found}. Its migration was not requested. {todo}"


def _address_of(order: ProbeOrder, name: str, addresses: Sequence[Mapping[str, Any]]) -> str:
    """Return the address that the probe uses. A floating address has priority over a fixed address.

    An IPv4 address has priority over an IPv6 address.
    """
    fit = [one for one in addresses if order.network in (None, one["network"])]
    if fit:
        best = min(fit, key=lambda one: (one["type"] != "floating", one["version"] != _IPV4))
        return str(best["address"])
    on = f" on the network {order.network}" if order.network else ""
    networks = sorted({str(one["network"]) for one in addresses})
    known = f" Networks of the server: {', '.join(networks)}." if networks else ""
    raise InputError(f"probe: the server {name} has no address{on}.{known} Boot it on a network, or set probe.address.")
