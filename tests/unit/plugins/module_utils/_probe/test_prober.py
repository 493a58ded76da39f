# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real sockets of this machine are asked. One that takes no more connections is as silent as one that stands still."""

from __future__ import annotations

import contextlib
import errno
import resource
import socket
import threading
import time
from typing import TYPE_CHECKING, Self

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError, GuestError, InputError
from ansible_collections.stackproof.migration.plugins.module_utils._probe.prober import (
    Icmp,
    Prober,
    Target,
    Tcp,
    checksum,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ansible_collections.stackproof.migration.plugins.module_utils._probe.downtime import Gaps

EVERY = 0.02


class Service:
    """Listens on a port; while it is to be silent it leaves all who come in the queue, which is soon full."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=1)
        self.port = int(self._socket.getsockname()[1])
        self.silent = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._socket.settimeout(0.01)
        self._thread.start()
        return self

    def __exit__(self, *_what: object) -> None:
        self._over.set()
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            if self.silent.is_set():
                time.sleep(0.005)
                continue
            with contextlib.suppress(TimeoutError):
                self._socket.accept()[0].close()


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as found:
        yield found


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def watched(target: Target, seconds: float) -> Gaps:
    with Prober([target], EVERY):
        until(lambda: target.gaps.answered > 0)
        target.begin()
        time.sleep(seconds)
        target.freeze()
    return target.gaps


def test_open_port_answers(service: Service) -> None:
    gaps = watched(Tcp("127.0.0.1", service.port, EVERY), 0.5)
    assert gaps.answered > 5
    assert gaps.longest.seconds < 0.4


def test_closed_port_answers_as_well(closed_port: int) -> None:
    assert watched(Tcp("127.0.0.1", closed_port, EVERY), 0.5).answered > 5


def test_silence_is_measured(service: Service) -> None:
    target = Tcp("127.0.0.1", service.port, EVERY)
    with Prober([target], EVERY):
        until(lambda: target.gaps.answered > 0)
        target.begin()
        service.silent.set()
        time.sleep(1.5)
        assert target.gaps.silent > 0.7
        service.silent.clear()
        until(lambda: target.gaps.silent < 0.2)
        target.freeze()
    # a few were taken into the queue, and the first who are let in afterwards answer at once
    gaps = target.gaps
    assert 0.9 < gaps.longest.seconds < 3
    assert gaps.answered < gaps.asked


def test_nothing_is_left_open(service: Service) -> None:
    target = Tcp("127.0.0.1", service.port, EVERY)
    service.silent.set()
    with Prober([target], EVERY):
        time.sleep(0.5)
        assert target._waiting
    assert not target._waiting
    assert all(thread.name != "probe" for thread in threading.enumerate())


def test_no_socket_outlives_its_patience(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "ansible_collections.stackproof.migration.plugins.module_utils._probe.prober.PATIENCE_SECONDS", 0.2
    )
    target = Tcp("127.0.0.1", service.port, EVERY)
    service.silent.set()
    with Prober([target], EVERY):
        time.sleep(1)
        assert len(target._waiting) < 0.5 / EVERY


def test_connections_that_are_not_made_do_not_take_all_files(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    monkeypatch.setattr(resource, "getrlimit", lambda _what: (32, hard))
    targets: list[Target] = [Tcp("127.0.0.1", service.port, EVERY) for _number in range(2)]
    service.silent.set()
    with Prober(targets, EVERY):
        time.sleep(0.8)
        # one is given up a moment before the next is begun, and the thread may be right in between
        looks = []
        for _number in range(20):
            looks.append([len(one._waiting) for one in targets if isinstance(one, Tcp)])
            time.sleep(0.007)
        assert [max(each) for each in zip(*looks, strict=True)] == [4, 4]
    assert soft


def test_what_cannot_be_asked_is_no_silence(closed_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    target = Tcp("127.0.0.1", closed_port, EVERY)
    with Prober([target], EVERY):
        until(lambda: target.gaps.answered > 0)
        target.begin()

        def refused(*_arguments: int) -> socket.socket:
            raise OSError(errno.EMFILE, "Too many open files")

        monkeypatch.setattr(socket, "socket", refused)
        time.sleep(1)
        target.freeze()
    gaps = target.gaps
    assert gaps.silent < 0.5
    assert gaps.held_up > 0.5


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_echo(address: str) -> None:
    try:
        gaps = watched(Icmp(address, EVERY), 0.5)
    except CloudError as error:
        pytest.skip(f"not on this machine: {error}")
    assert gaps.answered > 5


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_echo_by_a_raw_socket(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = socket.socket

    def only_raw(family: int, kind: int, protocol: int) -> socket.socket:
        if kind == socket.SOCK_DGRAM:
            raise PermissionError
        return given(family, kind, protocol)

    monkeypatch.setattr(socket, "socket", only_raw)
    try:
        gaps = watched(Icmp(address, EVERY), 0.5)
    except CloudError as error:
        pytest.skip(f"not on this machine: {error}")
    # its own questions come in as well, and are no answers
    assert 5 < gaps.answered <= gaps.asked + 2


def test_who_may_not_send_echo_requests_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: int) -> socket.socket:
        raise PermissionError

    monkeypatch.setattr(socket, "socket", refused)
    with pytest.raises(InputError, match="ping_group_range"), Prober([Icmp("127.0.0.1", EVERY)], EVERY):
        pass


def test_address_without_a_way_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: int) -> socket.socket:
        raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")

    monkeypatch.setattr(socket, "socket", refused)
    with pytest.raises(GuestError, match="::1 cannot be asked from"), Prober([Icmp("::1", EVERY)], EVERY):
        pass


def test_nobody_is_well_when_nobody_asks_any_more() -> None:
    class Broken(Tcp):
        def ask(self, *_arguments: object) -> bool:
            raise RuntimeError("broken")

    target = Broken("127.0.0.1", 1, EVERY)
    with Prober([target], EVERY) as prober:
        until(lambda: target.lost)
    assert str(prober.ended_by()) == "broken"


def test_checksum() -> None:
    # the example of RFC 1071, section 3
    assert checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0x220D
