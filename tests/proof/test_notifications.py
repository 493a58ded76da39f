# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs with notifications of Nova. The outcome and the reason must be the same as without them.

Each row runs twice: the first run only polls, and the second run receives notifications.
"""

from __future__ import annotations

import contextlib
import json
import re
import resource
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import kombu
import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.listener import Listener
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.settings import NotificationSettings
from ansible_collections.stackproof.migration.tests.proof.rows import PASSED, Row, long_copy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ansible_collections.stackproof.migration.tests.proof.lab import Lab
    from ansible_collections.stackproof.migration.tests.proof.prover import Prover
    from ansible_collections.stackproof.migration.tests.proof.runs import Result

INPUT = "migration_cycle_notifications"
# The longest interval of the option notifications, plus the time of the polls at the end.
MAX_EXTRA_SECONDS = 10.0 + 3.0
RATE, FLOOD_SECONDS = 1000, 20
# The unit is KiB.
MAX_GROWTH = 10 * 1024
MAX_DELAY_SECONDS = 0.25
# The flood may delay notifications by this factor.
MAX_DELAY_FACTOR = 4
# The number of notifications to measure before the flood.
BEFORE = 10
ROWS = (
    (Row("a healthy cloud sends notifications", PASSED, inputs=long_copy(8)), "working"),
    (
        Row(
            "Nova bug 1718455, with notifications",
            "failed",
            ("Batch failure: of 2 servers", "Nova bug 1718455", "There are not enough hosts available"),
            faults=("bug-1718455",),
        ),
        "working",
    ),
    (
        Row(
            "every second notification is lost",
            PASSED,
            faults=("every-second-notification-lost",),
            inputs=long_copy(8),
        ),
        None,
    ),
    (
        Row(
            "the notification about the end is lost",
            PASSED,
            faults=("final-notification-lost",),
            inputs=long_copy(8),
        ),
        "lossy",
    ),
)


@pytest.mark.parametrize(("row", "state"), ROWS, ids=[row.faults[0] if row.faults else "healthy" for row, _ in ROWS])
def test_same_outcome_as_by_polling(prover: Prover, row: Row, state: str | None) -> None:
    lab = prover.lab
    lab.start(row.faults, local_cloud_notifications=True)
    lab.wait_for_hosts()
    polled = lab.run(**row.inputs).result()
    result = lab.run(**_with(row, lab.notifications)).result()
    _require_same(polled, result, state)
    prover.record(row, result)


def test_broker_does_not_answer(prover: Prover) -> None:
    row = Row("RabbitMQ does not answer when the run starts", PASSED, inputs=long_copy(8))
    lab = prover.lab
    lab.start(local_cloud_notifications=True)
    lab.wait_for_hosts()
    polled = lab.run(**row.inputs).result()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = re.sub(r":\d+/$", f":{port}/", lab.notifications["url"])
    result = lab.run(**_with(row, {"url": url})).result()
    assert "does not answer: Connection refused" in result.output
    assert url.partition("@")[0].rpartition(":")[2] not in result.output
    _require_same(polled, result, "down")
    prover.record(row, result)


def test_broker_restarted_during_copy(prover: Prover) -> None:
    row = Row("RabbitMQ restarted during the copy, with notifications", PASSED, inputs=long_copy(20))
    lab = prover.lab
    lab.start(local_cloud_notifications=True)
    polled = _restart_broker(lab, row.inputs)
    result = _restart_broker(lab, _with(row, lab.notifications))
    _require_same(polled, result, "interrupted")
    prover.record(row, result)


WRONG_SETTINGS = {
    "a wrong password for RabbitMQ": (
        {"url": "amqp://notifications:wrong-password@{host}"},
        "refuses the user 'notifications' or the password",
    ),
    "a virtual host that does not exist": ({"url": "{url}nowhere"}, "has no virtual host 'nowhere'"),
    "an exchange that does not exist": ({"url": "{url}", "exchange": "nowa"}, "has no exchange 'nowa'"),
    "a topic that the user may not read": ({"url": "{url}", "topic": "conductor"}, "access to topic 'conductor"),
    "TLS on a port without TLS": ({"url": "amqps://u:p@{host}"}, "no TLS connection to RabbitMQ"),
    "a URL of another scheme": ({"url": "http://u:p@{host}"}, "url must begin with one of amqp://"),
}


@pytest.mark.parametrize("name", WRONG_SETTINGS)
def test_wrong_settings(prover: Prover, name: str) -> None:
    change, message = WRONG_SETTINGS[name]
    lab = prover.lab
    lab.start(local_cloud_notifications=True)
    # The row before this one has restarted RabbitMQ.
    lab.wait_for_hosts()
    url = lab.notifications["url"]
    given = {key: value.format(url=url, host=url.rpartition("@")[2]) for key, value in change.items()}
    inputs: dict[str, Any] = {INPUT: given}
    result = lab.run(**inputs).result()
    prover.record(Row(f"notifications: {name}", "error", (re.escape(message),)), result)
    assert result.migrations == []


def test_flood_of_other_notifications(prover: Prover) -> None:
    """Send 1,000 notifications per second about other servers while a run waits for its migration."""
    row = Row(f"{RATE} notifications per second about other servers", PASSED, inputs=long_copy(8))
    lab = prover.lab
    lab.start(local_cloud_notifications=True)
    lab.wait_for_hosts()
    settings = NotificationSettings.of({"notifications": lab.notifications})
    assert settings is not None
    listener, ours = Listener(settings, SYSTEM_CLOCK), str(uuid.uuid4())
    listener.follow([ours])
    with kombu.Connection(lab.broker_url) as connection, _other_consumer(connection) as count:
        listener.connect()
        listener.start()
        before, _memory = _measure(listener, connection, ours, lambda sent: sent < BEFORE)
        run = lab.run(**_with(row, lab.notifications))
        flood = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("flood.py")), lab.broker_url, str(RATE), str(FLOOD_SECONDS)],
            stdout=subprocess.PIPE,
            text=True,
        )
        delays, memory = _measure(listener, connection, ours, lambda _sent: flood.poll() is None)
        sent = json.loads(str(flood.communicate()[0]))["sent"]
        result = run.result()
        time.sleep(1)
        state = listener.state
        listener.close()
        # All messages of the flood, the messages of this function, and the notifications of Nova itself.
        assert count() >= sent + len(before) + len(delays)
    assert sent >= 0.9 * RATE * FLOOD_SECONDS
    assert state.events == len(before) + len(delays)
    assert state.others >= sent
    # With a backlog, a notification would arrive many seconds late. A busy machine delays all notifications.
    assert median(delays) < MAX_DELAY_FACTOR * median(before) + MAX_DELAY_SECONDS
    assert memory[-1] - memory[len(memory) // 4] < MAX_GROWTH, memory
    assert result.facts["notifications"]["state"] == "working"
    prover.record(row, result)


def _measure(
    listener: Listener, connection: kombu.Connection, ours: str, goes_on: Callable[[int], bool]
) -> tuple[list[float], list[int]]:
    """Send a notification about our server every half second. Return the delays, and the largest memory in KiB.

    The function stops when ``goes_on``, called with the number of sent notifications, returns false.
    """
    producer = connection.Producer()
    delays: list[float] = []
    memory = []
    while goes_on(len(delays)):
        time.sleep(0.5)
        events, started = listener.state.events, time.monotonic()
        producer.publish(
            message(ours), exchange="nova", routing_key="versioned_notifications.info", content_type="application/json"
        )
        while listener.state.events == events and time.monotonic() - started < MAX_EXTRA_SECONDS:
            listener.changed.wait(0.05)
            listener.changed.clear()
        delays.append(time.monotonic() - started)
        memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return delays, memory


def message(server_id: str) -> str:
    data = {"nova_object.data": {"uuid": server_id}}
    notification = {"event_type": "instance.live_migration_post.end", "payload": data}
    return json.dumps({"oslo.version": "2.0", "oslo.message": json.dumps(notification)})


@contextlib.contextmanager
def _other_consumer(connection: kombu.Connection) -> Iterator[Any]:
    """Yield a function that returns the number of messages in the queue of another consumer, such as Ceilometer."""
    channel = connection.channel()
    name = channel.queue_declare("proof-other-consumer", durable=False, auto_delete=False).queue
    channel.queue_bind(name, "nova", "versioned_notifications.info")
    try:
        yield lambda: channel.queue_declare(name, passive=True).message_count
    finally:
        channel.queue_delete(name)


def _with(row: Row, notifications: dict[str, Any]) -> dict[str, Any]:
    return {**row.inputs, INPUT: notifications}


def _restart_broker(lab: Lab, inputs: Mapping[str, Any]) -> Result:
    lab.wait_for_hosts()
    run = lab.run(**inputs)
    run.wait_until(lab.running_migration(), "a live migration runs")
    lab.restart("rabbitmq")
    return run.result()


def _require_same(polled: Result, result: Result, state: str | None) -> None:
    assert result.outcome == polled.outcome, result.reason
    assert _plain(result.reason) == _plain(polled.reason)
    assert [one["outcome"] for one in result.migrations] == [one["outcome"] for one in polled.migrations]
    found = result.facts["notifications"]
    assert polled.facts["notifications"] == {}
    assert found["state"] == state or (state is None and found["state"] in {"working", "lossy"}), found
    assert result.lag is None or polled.lag is None or result.lag < polled.lag + MAX_EXTRA_SECONDS


def _plain(reason: str) -> str:
    """Return the reason without ids, times and the numbers of hosts."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", reason)
    return re.sub(r"compute\d|\d+(\.\d+)? s\b|\d{4}-\d\d-\d\dT[\d:.+Z]+", "…", text)
