# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._migration.checks import checks_of
from ansible_collections.stackproof.migration.plugins.module_utils._migration.messages import sentence_of
from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import MigrationPlan, Observation
from ansible_collections.stackproof.migration.plugins.module_utils._probe import server_probe
from ansible_collections.stackproof.migration.plugins.module_utils._probe.model import ProbeOrder, Reach
from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import ScriptedTime

DEFAULTS = {"port": 22, "address": None, "network": None, "netns": None, "interval": 0.02, "timeout": 120.0}
NOW = datetime(2026, 4, 1, 10, 0, 0, tzinfo=UTC)


def order(*, max_downtime: float | None = None, wait: bool = True, **given: Any) -> ProbeOrder | None:
    return ProbeOrder.of({"probe": {"protocol": "tcp", **DEFAULTS, **given}, "max_downtime": max_downtime}, wait=wait)


def sure(**given: Any) -> ProbeOrder:
    found = order(**given)
    assert found is not None
    return found


def address(text: str, *, network: str = "private", kind: str = "fixed") -> dict[str, Any]:
    return {"network": network, "address": text, "version": 6 if ":" in text else 4, "type": kind}


def web(*addresses: dict[str, Any]) -> dict[str, Any]:
    return {"id": "s", "name": "web", "addresses": list(addresses)}


def test_no_probe_without_the_option() -> None:
    assert ProbeOrder.of({"probe": None, "max_downtime": None}, wait=True) is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"wait": False}, "probe needs wait"),
        (
            {"max_downtime": 0.05},
            "max_downtime must be at least 0.1, which is 5 times the interval of probe, found 0.05",
        ),
        ({"max_downtime": float("nan")}, "max_downtime must be at least 0.1"),
        ({"interval": 0.001}, "interval must be from 0.005 to 0.5, found 0.001"),
        ({"interval": float("nan")}, "interval must be from 0.005 to 0.5, found nan"),
        ({"timeout": -2}, "timeout must be greater than 0, found -2"),
        ({"timeout": float("inf")}, "timeout must be greater than 0, found inf"),
        ({"port": 0}, "port must be from 1 to 65535, found 0"),
        ({"port": 65536}, "port must be from 1 to 65535, found 65536"),
        ({"address": "web.example.org"}, "address must be an IP address, found 'web.example.org'"),
    ],
)
def test_refuses_invalid_options(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        order(**given)


def test_max_downtime_requires_a_probe() -> None:
    with pytest.raises(InputError, match="max_downtime needs probe"):
        ProbeOrder.of({"probe": None, "max_downtime": 1.0}, wait=True)


@pytest.mark.parametrize(
    ("addresses", "taken"),
    [
        ([address("192.0.2.1"), address("203.0.113.1", kind="floating")], "203.0.113.1"),
        ([address("2001:db8::1"), address("192.0.2.1")], "192.0.2.1"),
        ([address("2001:db8::1")], "2001:db8::1"),
        ([address("203.0.113.1", kind="floating"), address("192.0.2.9", network="wanted")], "192.0.2.9"),
    ],
)
def test_chooses_the_most_likely_address(addresses: list[dict[str, Any]], taken: str) -> None:
    network = "wanted" if any(one["network"] == "wanted" for one in addresses) else None
    assert server_probe.probe_of(sure(network=network), web(*addresses)).target.address == taken


def test_given_address_has_priority() -> None:
    probe = server_probe.probe_of(sure(address="198.51.100.1"), web(address("192.0.2.1")))
    assert probe.target.address == "198.51.100.1"


def test_error_for_a_server_without_an_address() -> None:
    with pytest.raises(InputError, match=r"the server web has no address\. Boot it on a network"):
        server_probe.probe_of(sure(), web())
    with pytest.raises(InputError, match=r"no address on the network other\. Networks of the server: private\."):
        server_probe.probe_of(sure(network="other"), web(address("192.0.2.1")))


def test_message_names_a_server_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, deaf_port: int) -> None:
    monkeypatch.setattr(server_probe, "PROGRESS_SECONDS", 0.1)
    clock = ScriptedTime().clock
    wanted = sure(port=deaf_port, timeout=0.5, address="127.0.0.1")
    probe = server_probe.probe_of(wanted, web())
    said: list[str] = []
    with server_probe.prober_of([probe], wanted, clock) as prober:
        assert server_probe.await_answers([probe], wanted, prober, clock, said.append) == [probe]
    assert 4 <= len(said) <= 5
    assert "has not answered yet" in said[0]
    assert f"no answer from 127.0.0.1 (tcp port {deaf_port}) within 0.5 s" in server_probe.never_answered(probe)


def test_returns_the_result_of_the_probe(closed_port: int) -> None:
    clock = ScriptedTime().clock
    wanted = sure(port=closed_port, address="127.0.0.1")
    probe = server_probe.probe_of(wanted, web())
    with server_probe.prober_of([probe], wanted, clock) as prober:
        assert server_probe.await_answers([probe], wanted, prober, clock) == []
        probe.begin()
        clock.sleep(0.3)
        probe.target.freeze()
        found = probe.end(NOW, clock)
    assert found == {
        "address": "127.0.0.1",
        "protocol": "tcp",
        "port": closed_port,
        "interval": 0.02,
        "asked": found["asked"],
        "answered": found["answered"],
        "longest_downtime": found["longest_downtime"],
        "longest_downtime_started": found["longest_downtime_started"],
        "silent": found["silent"],
        "held_up": found["held_up"],
    }
    assert found["asked"] == pytest.approx(0.3 / 0.02, abs=1)
    started = datetime.fromisoformat(found["longest_downtime_started"])
    assert 0 < (NOW - started).total_seconds() <= 0.3
    assert probe.end(NOW, clock)["asked"] == found["asked"]


def test_answer_before_the_end_of_the_migration_does_not_count(closed_port: int) -> None:
    clock = ScriptedTime().clock
    wanted = sure(port=closed_port, address="127.0.0.1")
    probe = server_probe.probe_of(wanted, web())
    with server_probe.prober_of([probe], wanted, clock) as prober:
        assert server_probe.await_answers([probe], wanted, prober, clock) == []
        probe.target.freeze()
        found = [probe.reach.answers]
        probe.migration_has_ended()
        found.append(probe.reach.answers)
        probe.migration_continues()
        found.append(probe.reach.answers)
        probe.target.lost = True
        found.append(probe.reach.answers)
    assert found == [True, False, True, None]


def looked(probe: server_probe.Probe, *, seconds: float, held_up: bool) -> None:
    """Let this number of seconds pass without answers.

    If the thread is held up, no requests are sent in this time.
    """
    tracker = probe.target._tracker
    for _number in range(round(seconds / 0.02)):
        tracker.advance(tracker.now + 0.02)
        (tracker.count_missed if held_up else tracker.ask)()


@pytest.mark.parametrize(("held_up", "answers"), [(False, False), (True, None)])
def test_answers_are_unknown_while_requests_could_not_be_sent(*, held_up: bool, answers: bool | None) -> None:
    probe = server_probe.probe_of(sure(address="127.0.0.1"), web())
    probe.target._tracker.advance(100.0)
    probe.target._tracker.answer()
    probe.migration_has_ended()
    # At first the answer is False in both cases.
    assert probe.reach.answers is False
    looked(probe, seconds=5.0, held_up=held_up)
    assert [probe.reach.answers] == [answers]


def test_message_about_a_server_that_does_not_answer() -> None:
    probe = server_probe.probe_of(sure(address="127.0.0.1"), web())
    tracker = probe.target._tracker
    tracker.advance(100.0)
    assert "web: 127.0.0.1 (tcp port 22) is not reachable from" in server_probe.never_answered(probe)
    tracker.ask()
    assert "web: no answer from 127.0.0.1 (tcp port 22) within 120 s" in server_probe.never_answered(probe)
    tracker.answer()
    looked(probe, seconds=3.0, held_up=False)
    assert "web: no answer from 127.0.0.1 (tcp port 22) for 3.0 s" in server_probe.never_answered(probe)


RECORD = {
    "type": "live-migration",
    "status": "completed",
    "source": "compute1",
    "destination": "compute2",
    "destination_node": "compute2",
    "source_node": "compute1",
}
SERVER = {"id": "s", "status": "ACTIVE", "task_state": None, "host": "compute2", "host_id": "h"}
WHERE = "192.0.2.1 (icmp)"


@pytest.mark.parametrize(
    ("reach", "verdicts", "said"),
    [
        (Reach(WHERE, True, 0.02, 0.4, 0.4), [True], "completed."),
        (Reach(WHERE, True, 0.02, 0.4, 0.4, 1.0), [True, True], "completed."),
        # The probe may have missed a longer downtime.
        (Reach(WHERE, True, 0.02, 0.4, 1.4, 1.0), [True, None], "completed."),
        # The probe could not send requests.
        (Reach(WHERE, None, 0.02, 0.4, 0.4, 1.0), [None, None], "completed."),
        (
            Reach(WHERE, False, 31.2, 31.2, 31.2),
            [False],
            "the server does not answer at 192.0.2.1 (icmp): no answer for 31.2 s",
        ),
        (
            Reach(WHERE, True, 0.02, 3.41, 3.41, 1.0),
            [True, False],
            "the downtime is 3.41 s, allowed is at most 1 s (max_downtime)",
        ),
    ],
)
def test_checks_of_the_network_probe(reach: Reach, verdicts: list[bool | None], said: str) -> None:
    plan, seen = MigrationPlan("id", "web", source="compute1"), Observation(RECORD, SERVER, reach=reach)
    checks = checks_of(plan, seen)
    assert [check["ok"] for check in checks if check["name"] in ("answers", "downtime")] == verdicts
    outcome = "completed" if False not in verdicts else "disagreement"
    assert said in sentence_of(outcome, plan, seen, checks, None)
