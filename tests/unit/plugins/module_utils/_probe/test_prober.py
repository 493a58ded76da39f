# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The prober with real sockets of this machine.

The tests set the time, so no test sleeps.
"""

from __future__ import annotations

import contextlib
import errno
import resource
import socket
import threading
from typing import TYPE_CHECKING, Self

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError, GuestError, InputError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK, Clock
from ansible_collections.stackproof.migration.plugins.module_utils._probe.prober import (
    CONNECT_SECONDS,
    Icmp,
    Prober,
    Target,
    Tcp,
    checksum,
)
from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import ScriptedTime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.stackproof.migration.plugins.module_utils._probe.downtime import DowntimeTracker

EVERY = 0.02
# A test waits for an answer at most this number of seconds. A test that passes does not wait so long.
LONG = 10


class Service:
    """A service that listens on a port.

    While its queue is full, it does not answer a new connection.
    """

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=1)
        self._socket.setblocking(False)
        self.port = int(self._socket.getsockname()[1])
        self._fillers = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_what: object) -> None:
        self._fillers.close()
        self._socket.close()

    def fall_silent(self) -> None:
        for _number in range(4):
            one = self._fillers.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(self._socket.getsockname())

    def answer_again(self) -> None:
        self._fillers.close()
        with contextlib.suppress(BlockingIOError):
            while True:
                self._socket.accept()[0].close()


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as found:
        yield found


class Asked:
    """Targets to which the test sends requests without a thread. The test sets the time of each request."""

    def __init__(self, *targets: Target) -> None:
        self.now = 100.0
        self._targets = targets
        self._prober = Prober(targets, EVERY, Clock(lambda: self.now))

    def __enter__(self) -> Self:
        self._prober.open()
        return self

    def __exit__(self, *_what: object) -> None:
        self._prober.close()

    def ask(self, *, times: int = 1) -> None:
        """Send this number of requests. There is one request per interval. Record the answers that have arrived."""
        for _number in range(times):
            self.now += EVERY
            self._prober.poll_once(self.now, self._prober._selector.select(0))

    def await_answer(self) -> None:
        """Wait until each request has an answer. The time of the test does not change during the wait."""
        while any(one.tracker.answered < one.tracker.asked for one in self._targets):
            ready = self._prober._selector.select(LONG)
            assert ready, "it does not answer"
            self._prober.poll_once(self.now, ready)

    def ask_and_await(self, *, times: int = 1) -> None:
        for _number in range(times):
            self.ask()
            self.await_answer()


def answering(target: Target, times: int = 10) -> DowntimeTracker:
    """Return the tracker of a target that has answered this number of requests."""
    with Asked(target) as asked:
        asked.await_answer()
        target.begin()
        asked.ask_and_await(times=times)
    return target.tracker


def test_open_port_answers(service: Service) -> None:
    target = Tcp("127.0.0.1", service.port, EVERY)
    with Asked(target) as asked:
        asked.await_answer()
        for _number in range(10):
            service.answer_again()
            asked.ask_and_await()
    tracker = target.tracker
    assert (tracker.asked, tracker.answered) == (11, 11)
    assert tracker.longest.seconds == pytest.approx(EVERY)


def test_closed_port_answers_as_well(closed_port: int) -> None:
    assert answering(Tcp("127.0.0.1", closed_port, EVERY)).answered == 10


def test_measures_downtime(service: Service) -> None:
    target = Tcp("127.0.0.1", service.port, EVERY)
    with Asked(target) as asked:
        asked.await_answer()
        target.begin()
        service.fall_silent()
        asked.ask(times=75)
        assert target.tracker.silent == pytest.approx(1.5)
        assert target.tracker.answered == 0
        service.answer_again()
        asked.ask()
        while not target.tracker.answered:
            asked._prober.poll_once(asked.now, asked._prober._selector.select(LONG))
        assert target.tracker.silent == 0
        target.freeze()
        asked.ask(times=75)
    tracker = target.tracker
    assert tracker.longest.seconds == pytest.approx(1.5 + EVERY)
    assert tracker.longest.started == pytest.approx(100.0)
    assert tracker.asked == 76


def test_closes_sockets_and_thread(deaf_port: int) -> None:
    target = Tcp("127.0.0.1", deaf_port, EVERY)
    with Prober([target], EVERY, SYSTEM_CLOCK):
        assert target.waiting
    assert not target.waiting
    assert all(thread.name != "probe" for thread in threading.enumerate())


def test_closes_sockets_after_the_timeout(deaf_port: int) -> None:
    target = Tcp("127.0.0.1", deaf_port, EVERY)
    with Asked(target) as asked:
        asked.ask(times=200)
        assert target.waiting == pytest.approx(CONNECT_SECONDS / EVERY, abs=1)


def test_limits_the_number_of_open_sockets(deaf_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    monkeypatch.setattr(resource, "getrlimit", lambda _what: (32, hard))
    targets = [Tcp("127.0.0.1", deaf_port, EVERY) for _number in range(2)]
    seen = []
    with Asked(*targets) as asked:
        for _number in range(10):
            seen.append([one.waiting for one in targets])
            asked.ask()
    assert seen == [[number, number] for number in (1, 2, 3, *[4] * 7)]


def test_request_that_cannot_be_sent_is_not_downtime(closed_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    target = Tcp("127.0.0.1", closed_port, EVERY)

    def refused(*_arguments: int) -> socket.socket:
        raise OSError(errno.EMFILE, "Too many open files")

    with Asked(target) as asked:
        asked.await_answer()
        target.begin()
        monkeypatch.setattr(socket, "socket", refused)
        asked.ask(times=50)
    tracker = target.tracker
    assert tracker.silent == pytest.approx(0)
    assert tracker.held_up == pytest.approx(1.0)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_receives_echo_replies(address: str) -> None:
    try:
        tracker = answering(Icmp(address, EVERY))
    except CloudError as error:
        pytest.skip(f"not on this machine: {error}")
    assert tracker.answered == 10


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_receives_echo_replies_with_a_raw_socket(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = socket.socket

    def only_raw(family: int, kind: int, protocol: int) -> socket.socket:
        if kind == socket.SOCK_DGRAM:
            raise PermissionError
        return given(family, kind, protocol)

    monkeypatch.setattr(socket, "socket", only_raw)
    try:
        tracker = answering(Icmp(address, EVERY))
    except CloudError as error:
        pytest.skip(f"not on this machine: {error}")
    # The raw socket also receives its own requests. They do not count as answers.
    assert tracker.answered == 10


def test_error_without_permission_to_send_echo_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: int) -> socket.socket:
        raise PermissionError

    monkeypatch.setattr(socket, "socket", refused)
    with pytest.raises(InputError, match="ping_group_range"), Asked(Icmp("127.0.0.1", EVERY)):
        pass


def test_reports_address_without_a_route(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: int) -> socket.socket:
        raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")

    monkeypatch.setattr(socket, "socket", refused)
    with pytest.raises(GuestError, match="::1 is not reachable from"), Asked(Icmp("::1", EVERY)):
        pass


def test_thread_sends_requests_until_the_end(closed_port: int) -> None:
    time = ScriptedTime()
    target = Tcp("127.0.0.1", closed_port, EVERY)
    with Prober([target], EVERY, time.clock):
        time.clock.sleep(1.0)
        assert target.tracker.asked == pytest.approx(1.0 / EVERY, abs=2)
        assert target.tracker.held_up == 0
    asked = target.tracker.asked
    time.clock.sleep(1.0)
    assert target.tracker.asked == asked


def test_thread_uses_the_system_clock(closed_port: int) -> None:
    asked_again = threading.Event()

    class Watched(Tcp):
        def record_answer(self) -> None:
            super().record_answer()
            if self.tracker.answered > 1:
                asked_again.set()

    with Prober([Watched("127.0.0.1", closed_port, EVERY)], EVERY, SYSTEM_CLOCK):
        assert asked_again.wait(LONG)


@pytest.mark.parametrize("good", [0, 3])
def test_targets_are_lost_if_the_thread_fails(good: int) -> None:
    class Broken(Tcp):
        def ask(self, *_arguments: object) -> bool:
            if self._tracker.asked >= good:
                raise RuntimeError("broken")
            return True

    time = ScriptedTime()
    target = Broken("127.0.0.1", 1, EVERY)
    with Prober([target], EVERY, time.clock) as prober:
        time.clock.sleep(1.0)
        assert target.lost
    assert str(prober.ended_by()) == "broken"
    assert target.tracker.asked == good


def test_computes_the_checksum() -> None:
    # RFC 1071 contains this example in section 3.
    assert checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0x220D
