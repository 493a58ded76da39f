# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    AuthenticationError,
    CloudError,
    ConfigurationError,
    ForbiddenError,
    TlsError,
    UnreachableError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._notifications import subscription
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.listener import Listener
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.settings import NotificationSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ansible_collections.stackproof.migration.plugins.module_utils._notifications.bus_state import BusState
    from ansible_collections.stackproof.migration.tests.unit.plugins.broker import Broker

OURS, THEIRS = "5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e", "0f1c2d3e-4b5a-4978-8796-a5b4c3d2e1f0"
END = "instance.live_migration_post.end"
WAIT_SECONDS = 15.0


def listener_of(url: str, **more: Any) -> Listener:
    settings = NotificationSettings.of({"notifications": {"url": url, **more}})
    assert settings is not None
    return Listener(settings, SYSTEM_CLOCK)


@pytest.fixture
def listener(broker: Broker) -> Iterator[Listener]:
    listener = listener_of(broker.url)
    listener.follow([OURS.upper()])
    try:
        listener.connect()
        listener.start()
        yield listener
    finally:
        listener.close()


def wait_until(listener: Listener, holds: Callable[[BusState], bool]) -> BusState:
    end = time.monotonic() + WAIT_SECONDS
    while not holds(listener.state):
        assert time.monotonic() < end, listener.state
        listener.changed.wait(0.1)
        listener.changed.clear()
    return listener.state


def test_counts_the_notifications_about_our_servers(listener: Listener, broker: Broker) -> None:
    assert listener.state.connected
    with broker.publisher() as publisher:
        publisher.send("instance.live_migration_pre.start", OURS)
        publisher.send(END, THEIRS)
        publisher.send("instance.update", OURS)
        publisher.send("compute_task.migrate_server.error", THEIRS, priority="error", instance_uuid=OURS)
    state = wait_until(listener, lambda state: state.events + state.others == 4)
    assert (state.events, state.heard, state.others) == (2, 2, 2)
    assert list(state.finals) == [OURS]


def test_the_queue_is_limited_and_ends_with_the_connection(broker: Broker) -> None:
    listener = listener_of(broker.url)
    listener.connect()
    (line,) = broker.control("list_queues", "name", "exclusive", "auto_delete", "arguments").strip().splitlines()[1:]
    assert line.startswith("stackproof-migration.")
    for part in ("true\ttrue", '"x-max-length",5000', '"x-max-length-bytes"', '"x-expires",60000'):
        assert part in line
    listener.close()
    assert broker.control("list_queues", "name").strip().splitlines()[1:] == []


def test_other_consumers_lose_nothing(listener: Listener, broker: Broker) -> None:
    with broker.connection() as connection, broker.publisher() as publisher:
        channel = connection.channel()
        channel.queue_declare("other", auto_delete=True, durable=False)
        channel.queue_bind("other", "nova", "versioned_notifications.info")
        for _number in range(50):
            publisher.send(END, OURS)
        wait_until(listener, lambda state: state.events == 50)
        assert channel.queue_declare("other", passive=True).message_count == 50
        channel.queue_delete("other")


def test_connects_again_after_rabbitmq_was_restarted(listener: Listener, broker: Broker) -> None:
    broker.stop()
    state = wait_until(listener, lambda state: not state.connected)
    assert state.losses == 1
    assert state.problem.startswith(f"RabbitMQ at 127.0.0.1:{broker.port}")
    broker.start()
    wait_until(listener, lambda state: state.connected)
    with broker.publisher() as publisher:
        publisher.send(END, OURS)
    state = wait_until(listener, lambda state: state.events == 1)
    assert (state.connections, state.losses, state.heard) == (2, 1, 1)


def test_connects_later_if_rabbitmq_does_not_answer_at_first(broker: Broker) -> None:
    broker.stop()
    listener = listener_of(broker.url)
    try:
        listener.connect()
        assert not listener.state.connected
        assert "does not answer: Connection refused" in listener.state.problem
        listener.start()
        broker.start()
        assert wait_until(listener, lambda state: state.connected).losses == 0
    finally:
        listener.close()
        broker.stop()
        broker.start()


def test_uses_the_next_node_of_a_cluster(broker: Broker, closed_port: int) -> None:
    listener = listener_of(f"rabbit://reader:wrong@127.0.0.1:{closed_port},{broker.url.partition('://')[2]}")
    listener.connect()
    assert listener.state.connected
    listener.close()


def test_a_silent_host_counts_as_down(deaf_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscription, "CONNECT_SECONDS", 0.3)
    listener = listener_of(f"amqp://u:p@127.0.0.1:{deaf_port}")
    listener.connect()
    assert "does not answer: timed out" in listener.state.problem
    listener.close()


@pytest.mark.parametrize(
    ("url", "more", "kind", "message"),
    [
        ("{url}/nova", {}, ConfigurationError, "has no virtual host 'nova'. Correct the end of url"),
        ("amqp://reader:wrong@{host}", {}, AuthenticationError, "refuses the user 'reader' or the password"),
        ("amqp://unknown:wrong@{host}", {}, AuthenticationError, "refuses the user 'unknown' or the password"),
        ("amqp://stranger:{password}@{host}", {}, ForbiddenError, "'stranger' may not use the virtual host '/'"),
        (
            "{url}",
            {"exchange": "nowa"},
            ConfigurationError,
            "no exchange 'nowa' in the virtual host '/'. Set exchange",
        ),
        ("{url}/empty", {}, ConfigurationError, "has no exchange 'nova' in the virtual host 'empty'"),
        ("{url}", {"exchange": "other"}, ForbiddenError, "access to exchange 'other' in vhost '/' refused"),
        # The user may not read other messages of this exchange, such as requests between the services of Nova.
        ("{url}", {"topic": "conductor"}, ForbiddenError, r"access to topic 'conductor\.\*' in exchange 'nova'"),
        (
            "amqp://u:p@no-such-host.invalid",
            {},
            UnreachableError,
            "the host no-such-host.invalid of url does not exist",
        ),
        ("amqps://u:p@{host}", {}, TlsError, "no TLS connection to .* begin url with amqp://"),
        (
            "amqp://u:p@{tls_host}",
            {},
            UnreachableError,
            "ended the connection before the login: .*begin url with amqps",
        ),
        ("amqps://u:p@{tls_host}", {}, TlsError, "certificate of .* is not trusted: .*Set tls.ca_cert"),
        ("amqps://u:p@{tls_host}", {"tls": {"ca_cert": "/none"}}, ConfigurationError, "file /none .*tls.ca_cert"),
    ],
)
def test_wrong_settings_are_refused(
    broker: Broker, url: str, more: dict[str, Any], kind: type[CloudError], message: str
) -> None:
    hosts = {"host": f"127.0.0.1:{broker.port}", "tls_host": f"127.0.0.1:{broker.tls_port}"}
    listener = listener_of(url.format(url=broker.url, password="read-only-password", **hosts), **more)
    try:
        with pytest.raises(kind, match=message) as refused:
            listener.connect()
        assert type(refused.value) is kind
        assert "read-only-password" not in str(refused.value)
        assert str(refused.value).startswith("notifications: ")
    finally:
        listener.close()


def test_connects_with_tls(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> None:
    certificate = next(tmp_path_factory.getbasetemp().glob("broker*/certificate.pem"))
    host = f"reader:read-only-password@127.0.0.1:{broker.tls_port}"
    listener = listener_of(f"amqps://{host}", tls={"ca_cert": str(certificate)})
    listener.follow([OURS])
    listener.connect()
    listener.start()
    with broker.publisher() as publisher:
        for _number in range(100):
            publisher.send(END, OURS)
    wait_until(listener, lambda state: state.events == 100)
    listener.close()
    other_name = listener_of(f"amqps://{host}".replace("127.0.0.1", "localhost"), tls={"ca_cert": str(certificate)})
    with pytest.raises(TlsError, match=r"localhost.* is not trusted: Hostname mismatch"):
        other_name.connect()
    other_name.close()


def test_kombu_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "kombu", None)
    listener = listener_of("amqp://u:p@127.0.0.1")
    with pytest.raises(ConfigurationError, match=r"the required Python library \(kombu\).*pip install 'kombu"):
        listener.connect()
    listener.close()


def test_the_user_may_not_send_messages(broker: Broker, tmp_path: Path) -> None:
    del tmp_path
    import amqp  # noqa: PLC0415  # only this test needs it
    import kombu  # noqa: PLC0415

    with kombu.Connection(broker.url) as connection:
        for exchange, key in (("nova", "conductor"), ("nova", "versioned_notifications.info"), ("", "conductor")):
            channel = connection.channel()
            with pytest.raises(amqp.exceptions.AccessRefused):
                channel.basic_publish_confirm(amqp.Message("{}"), exchange=exchange, routing_key=key)
