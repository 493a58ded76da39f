# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils import _probing
from ansible_collections.stackproof.migration.plugins.module_utils._errors import GuestError, InputError
from ansible_collections.stackproof.migration.plugins.module_utils._probing import Order, Reach
from ansible_collections.stackproof.migration.plugins.module_utils._verdict import Seen, checks_of, message_of

DEFAULTS = {"port": 22, "address": None, "network": None, "interval": 0.02, "timeout": 120.0}
NOW = datetime(2026, 4, 1, 10, 0, 0, tzinfo=UTC)


def order(*, max_pause: float | None = None, wait: bool = True, **given: Any) -> Order | None:
    return Order.of({"probe": {"protocol": "tcp", **DEFAULTS, **given}, "max_pause": max_pause}, wait=wait)


def sure(**given: Any) -> Order:
    found = order(**given)
    assert found is not None
    return found


def address(text: str, *, network: str = "private", kind: str = "fixed") -> dict[str, Any]:
    return {"network": network, "address": text, "version": 6 if ":" in text else 4, "type": kind}


def test_nobody_is_asked_unless_wanted() -> None:
    assert Order.of({"probe": None, "max_pause": None}, wait=True) is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"wait": False}, "probe needs wait"),
        ({"max_pause": -1}, "max_pause must not be less than 0, found -1"),
        ({"interval": 0}, "interval must be greater than 0, found 0"),
        ({"timeout": -2}, "timeout must be greater than 0, found -2"),
        ({"port": 0}, "port must be from 1 to 65535, found 0"),
        ({"port": 65536}, "port must be from 1 to 65535, found 65536"),
        ({"address": "web.example.org"}, "address must be an IP address, found 'web.example.org'"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        order(**given)


def test_pause_is_limited_only_where_it_is_measured() -> None:
    with pytest.raises(InputError, match="max_pause needs probe"):
        Order.of({"probe": None, "max_pause": 1.0}, wait=True)


@pytest.mark.parametrize(
    ("addresses", "taken"),
    [
        ([address("192.0.2.1"), address("203.0.113.1", kind="floating")], "203.0.113.1"),
        ([address("2001:db8::1"), address("192.0.2.1")], "192.0.2.1"),
        ([address("2001:db8::1")], "2001:db8::1"),
        ([address("203.0.113.1", kind="floating"), address("192.0.2.9", network="wanted")], "192.0.2.9"),
    ],
)
def test_likeliest_address_is_taken(addresses: list[dict[str, Any]], taken: str) -> None:
    network = "wanted" if any(one["network"] == "wanted" for one in addresses) else None
    assert _probing.probe_of(sure(network=network), "web", addresses).target.address == taken


def test_given_address_goes_first() -> None:
    probe = _probing.probe_of(sure(address="198.51.100.1"), "web", [address("192.0.2.1")])
    assert probe.target.address == "198.51.100.1"


def test_server_without_an_address_is_told() -> None:
    with pytest.raises(InputError, match=r"the server web has no address\. Boot it on a network"):
        _probing.probe_of(sure(), "web", [])
    with pytest.raises(InputError, match=r"no address on the network other\. It has some on private\."):
        _probing.probe_of(sure(network="other"), "web", [address("192.0.2.1")])


def test_server_that_never_answers_is_not_migrated(monkeypatch: pytest.MonkeyPatch, deaf_port: int) -> None:
    monkeypatch.setattr(_probing, "EVERY_SECONDS", 0.1)
    wanted = sure(port=deaf_port, timeout=0.5, address="127.0.0.1")
    probe = _probing.probe_of(wanted, "web", [])
    said: list[str] = []
    with (
        _probing.prober_of([probe], wanted),
        pytest.raises(GuestError, match=r"web: nothing has answered at 127\.0\.0\.1 \(tcp port \d+\) for 0\.5 s"),
    ):
        _probing.await_answers([probe], said.append)
    assert said
    assert "has not answered yet" in said[0]


def test_what_was_found_is_told(closed_port: int) -> None:
    wanted = sure(port=closed_port, address="127.0.0.1")
    probe = _probing.probe_of(wanted, "web", [])
    with _probing.prober_of([probe], wanted):
        _probing.await_answers([probe])
        while probe.target.gaps.answered < 5:
            probe.target.answered.wait(0.1)
        found = probe.end(NOW)
    assert found == {
        "address": "127.0.0.1",
        "protocol": "tcp",
        "port": wanted.port,
        "interval": 0.02,
        "asked": found["asked"],
        "answered": found["answered"],
        "longest_gap": found["longest_gap"],
        "longest_gap_began": found["longest_gap_began"],
        "silent": found["silent"],
    }
    assert found["asked"] >= 5
    began = datetime.fromisoformat(found["longest_gap_began"])
    assert 0 < (NOW - began).total_seconds() < 60
    assert probe.end(NOW)["asked"] == found["asked"]


RECORD = {
    "type": "live-migration",
    "status": "completed",
    "source": "compute1",
    "destination": "compute2",
    "destination_node": "compute2",
    "source_node": "compute1",
}
SERVER = {"id": "s", "status": "ACTIVE", "task_state": None, "host": "compute2", "host_id": "h"}


@pytest.mark.parametrize(
    ("reach", "wrong", "said"),
    [
        (Reach("192.0.2.1 (icmp)", 0.02, 0.4), [], "completed."),
        (Reach("192.0.2.1 (icmp)", 0.02, 0.4, 1.0), [], "completed."),
        (
            Reach("192.0.2.1 (icmp)", 31.2, 31.2),
            ["answers"],
            "the server has not answered at 192.0.2.1 (icmp): none for 31.2 s",
        ),
        (
            Reach("192.0.2.1 (icmp)", 0.02, 3.41, 1.0),
            ["pause"],
            "the server did not answer for 3.41 s, and at most 1 s is allowed (max_pause)",
        ),
    ],
)
def test_silence_is_judged(reach: Reach, wrong: list[str], said: str) -> None:
    seen = Seen(record=RECORD, server=SERVER, source="compute1", reach=reach)
    checks = checks_of(seen)
    assert [check["name"] for check in checks if check["ok"] is False] == wrong
    outcome = "disagreement" if wrong else "completed"
    assert said in message_of(outcome, "web", seen, checks, None)
