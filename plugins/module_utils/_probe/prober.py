# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Send requests to servers in a separate thread, and record the answers."""

from __future__ import annotations

import contextlib
import copy
import errno
import os
import resource
import selectors
import socket
import struct
import threading
from abc import ABC, abstractmethod
from collections import deque
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any, Self

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import GuestError, InputError
from ansible_collections.stackproof.migration.plugins.module_utils._probe import namespace
from ansible_collections.stackproof.migration.plugins.module_utils._probe.downtime import (
    DowntimeTracker,
    RequestSchedule,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock

# Close a connection attempt when there is no answer after this many seconds.
CONNECT_SECONDS = 1.0
# The sockets of the probe use at most a quarter of the open-file limit.
SHARE_OF_FILES = 4
# A refused connection counts as an answer, because the guest runs if it refuses connections.
_ANSWERS = frozenset({0, errno.ECONNREFUSED})
# Close connections without the state TIME_WAIT, in which each connection keeps a local port.
_NO_LINGER = struct.pack("ii", 1, 0)
# The types of an ICMP request and of an ICMP answer.
_ICMP = {socket.AF_INET: (8, 0), socket.AF_INET6: (128, 129)}
_ICMP_PROTOCOLS = {socket.AF_INET: socket.IPPROTO_ICMP, socket.AF_INET6: socket.IPPROTO_ICMPV6}
_IPV4_HEADER = 4


class Target(ABC):
    """An address that the probe tests, and the answers from this address."""

    def __init__(self, address: str, interval: float) -> None:
        self.address = address
        self.family = socket.AF_INET6 if isinstance(ip_address(address), IPv6Address) else socket.AF_INET
        # Whether an error has stopped the thread that sends the probes.
        self.lost = False
        self._tracker = DowntimeTracker(interval)
        self._lock = threading.Lock()
        self._frozen = False

    # Methods for the probing thread

    def advance(self, now: float) -> None:
        with self._lock:
            if not self._frozen:
                self._tracker.advance(now)

    def request_once(self, selector: selectors.BaseSelector, now: float) -> None:
        """Send one request."""
        sent = self.ask(selector, now)
        with self._lock:
            if not self._frozen:
                (self._tracker.ask if sent else self._tracker.count_missed)()

    def record_answer(self) -> None:
        """Record an answer."""
        with self._lock:
            if not self._frozen:
                self._tracker.answer()

    @abstractmethod
    def open(self, selector: selectors.BaseSelector, most: int) -> None:
        """Open at most `most` sockets to the address of the probed server."""

    @abstractmethod
    def ask(self, selector: selectors.BaseSelector, now: float) -> bool:
        """Send one probe packet and do not wait for the response. Return whether the packet was sent."""

    @abstractmethod
    def receive(self, selector: selectors.BaseSelector, of: socket.socket) -> None:
        """Receive a response from a socket that is ready for reading."""

    @abstractmethod
    def close(self) -> None:
        """Close all sockets."""

    # Methods for other threads

    def begin(self) -> None:
        """Restart the measurement."""
        with self._lock:
            self._tracker.begin()

    def freeze(self) -> None:
        """End the measurement."""
        with self._lock:
            self._frozen = True

    @property
    def tracker(self) -> DowntimeTracker:
        """A copy of the downtime measurement for use in other threads."""
        with self._lock:
            return copy.copy(self._tracker)


class Tcp(Target):
    """A TCP port of the probed server. A refused connection counts as an answer of the server."""

    def __init__(self, address: str, port: int, interval: float) -> None:
        super().__init__(address, interval)
        self.port = port
        self._waiting: deque[tuple[float, socket.socket]] = deque()
        self._most = 1

    def open(self, selector: selectors.BaseSelector, most: int) -> None:
        """Store how many sockets the probe may open at the same time."""
        del selector
        self._most = most

    def ask(self, selector: selectors.BaseSelector, now: float) -> bool:
        while self._waiting and (self._waiting[0][0] < now - CONNECT_SECONDS or len(self._waiting) >= self._most):
            self._end(selector, self._waiting.popleft()[1])
        try:
            one = socket.socket(self.family, socket.SOCK_STREAM)
        except OSError:
            return False
        try:
            one.setblocking(False)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            found = one.connect_ex((self.address, self.port))
            if found == errno.EINPROGRESS:
                selector.register(one, selectors.EVENT_WRITE, self)
                self._waiting.append((now, one))
                return True
        except OSError as error:
            found = error.errno or errno.EIO
        one.close()
        if found in _ANSWERS:
            self.record_answer()
        return found in _ANSWERS

    def receive(self, selector: selectors.BaseSelector, of: socket.socket) -> None:
        found = of.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self._waiting = deque(pair for pair in self._waiting if pair[1] is not of)
        self._end(selector, of)
        if found in _ANSWERS:
            self.record_answer()

    @staticmethod
    def _end(selector: selectors.BaseSelector, one: socket.socket) -> None:
        selector.unregister(one)
        one.close()

    def close(self) -> None:
        for _since, one in self._waiting:
            one.close()
        self._waiting.clear()

    @property
    def waiting(self) -> int:
        """The number of connection attempts that have not ended."""
        return len(self._waiting)


class Icmp(Target):
    """Sends ICMP echo requests, as the program ping does."""

    def __init__(self, address: str, interval: float) -> None:
        super().__init__(address, interval)
        self._socket: socket.socket | None = None
        self._sequence = 0
        # A raw socket receives all ICMP answers. The token shows which of them belong to this probe.
        self._token = os.urandom(16)

    def open(self, selector: selectors.BaseSelector, most: int) -> None:
        del most
        self._socket = self._opened()
        self._socket.setblocking(False)
        self._socket.connect((self.address, 0))
        selector.register(self._socket, selectors.EVENT_READ, self)

    def _opened(self) -> socket.socket:
        protocol = _ICMP_PROTOCOLS[self.family]
        try:
            return socket.socket(self.family, socket.SOCK_DGRAM, protocol)
        except OSError:
            # This user cannot open an ICMP datagram socket, so try a raw socket, which requires root.
            with contextlib.suppress(PermissionError):
                return socket.socket(self.family, socket.SOCK_RAW, protocol)
        raise InputError(
            "probe: this user may not send ICMP echo requests. Run the module as root, use protocol tcp, or add a"
            " group of the user to the sysctl net.ipv4.ping_group_range on the machine that runs the module."
        )

    def ask(self, selector: selectors.BaseSelector, now: float) -> bool:
        del selector, now
        self._sequence = (self._sequence + 1) % 0x10000
        try:
            self._opened_socket.send(self._packet())
        except OSError as error:
            # A socket can report the error of an earlier packet, so this packet counts as sent.
            return error.errno in (errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ECONNREFUSED)
        return True

    def _packet(self) -> bytes:
        kind = _ICMP[self.family][0]
        identity = int.from_bytes(self._token[:2], "big")
        blank = struct.pack("!BBHHH", kind, 0, 0, identity, self._sequence) + self._token
        return blank[:2] + struct.pack("!H", checksum(blank)) + blank[4:]

    def receive(self, selector: selectors.BaseSelector, of: socket.socket) -> None:
        del selector
        with contextlib.suppress(OSError):
            packet = of.recv(2048)
            if packet[:1] and packet[0] >> 4 == _IPV4_HEADER:
                # A raw socket also returns the IPv4 header of the packet. Remove the header.
                packet = packet[(packet[0] & 0xF) * 4 :]
            if packet[:1] == bytes([_ICMP[self.family][1]]) and self._token in packet:
                self.record_answer()

    @property
    def _opened_socket(self) -> socket.socket:
        if self._socket is None:
            raise AssertionError("open() comes before the first request")
        return self._socket

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()


def checksum(data: bytes) -> int:
    """Return the Internet checksum (RFC 1071) of a packet. For ICMPv6, the kernel sets the checksum."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Prober:
    """A thread that sends probe requests to all targets.

    The `with` statement sends the first requests before its body runs. With ``netns``, all sockets are opened in this
    network namespace.
    """

    def __init__(self, targets: Sequence[Target], interval: float, clock: Clock, netns: str | None = None) -> None:
        self._targets = targets
        self._netns = netns
        self._clock = clock
        self._schedule = RequestSchedule(interval)
        self._over = threading.Event()
        self._selector = selectors.DefaultSelector()
        # Writing a byte to this pipe ends the thread that sends probe requests.
        self._wake_read, self._wake_write = os.pipe()
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="probe", daemon=True)

    def __enter__(self) -> Self:
        self.open()
        self._thread.start()
        return self

    def open(self) -> None:
        """Open the sockets and send one probe packet to each server."""
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0] // SHARE_OF_FILES
        try:
            with namespace.entered(self._netns):
                for target in self._targets:
                    self._open(target, max(2, files // len(self._targets)))
                self._guarded(self._begin)
        except BaseException:
            self.close()
            raise

    def ended_by(self) -> Exception | None:
        """Return the exception that stopped the probing thread. Return None if no exception was raised."""
        return self._error

    def _open(self, target: Target, most: int) -> None:
        try:
            target.open(self._selector, most)
        except OSError as error:
            raise GuestError(
                f"probe: {target.address} is not reachable from the machine that runs the module: {error.strerror}."
            ) from error

    def __exit__(self, *_what: object) -> None:
        self._over.set()
        os.write(self._wake_write, b"!")
        self._thread.join()
        self.close()

    def close(self) -> None:
        """Close all sockets."""
        for target in self._targets:
            target.close()
        self._selector.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _run(self) -> None:
        if self._error is None:
            self._guarded(self._ask_on)

    def _guarded(self, ask: Callable[[], None]) -> None:
        try:
            ask()
        except Exception as error:  # noqa: BLE001  after any error, the servers must not look healthy
            self._error = error
            for target in self._targets:
                target.lost = True

    def _begin(self) -> None:
        self.poll_once(self._clock.monotonic(), [])

    def _ask_on(self) -> None:
        # A connection opens a socket for each request, so the thread stays in the namespace.
        with namespace.entered(self._netns):
            while not self._over.is_set():
                ready = self._clock.select(self._selector, self._schedule.seconds_left(self._clock.monotonic()))
                # If this thread wakes up late, it first reads the answers that have already arrived.
                self.poll_once(self._clock.monotonic(), ready)

    def poll_once(self, now: float, ready: Sequence[tuple[selectors.SelectorKey, Any]]) -> None:
        """Read the answers that have arrived, and send the probe requests that are due. Do not wait."""
        for target in self._targets:
            target.advance(now)
        for key, _events in ready:
            if key.data is not None:
                key.data.receive(self._selector, key.fileobj)
        if self._schedule.is_due(now):
            for target in self._targets:
                target.request_once(self._selector, now)
