# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK, Deadline
from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import MigrationPlan
from ansible_collections.stackproof.migration.plugins.module_utils._migration.poll_wait import (
    WaitForNotifications,
    listening,
    warnings_of,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import TrackedMigration
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.settings import NotificationSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ansible_collections.stackproof.migration.tests.unit.plugins.broker import Broker, Publisher

OURS, THEIRS = "5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e", "0f1c2d3e-4b5a-4978-8796-a5b4c3d2e1f0"
BEGIN, END = "instance.live_migration_pre.start", "instance.live_migration_post.end"
# A wait that ends within this time did not wait for an interval of the notifications.
SOON = 2.5


@pytest.fixture
def migration() -> TrackedMigration:
    return TrackedMigration(MigrationPlan(OURS, "probe"))


@pytest.fixture
def publisher(broker: Broker) -> Iterator[Publisher]:
    with broker.publisher() as publisher:
        yield publisher


@pytest.fixture
def wait(broker: Broker, migration: TrackedMigration) -> Iterator[WaitForNotifications]:
    settings = NotificationSettings.of({"notifications": {"url": broker.url}})
    warnings: list[str] = []
    with listening(settings, SYSTEM_CLOCK, warnings) as listener:
        assert listener is not None
        yield WaitForNotifications(SYSTEM_CLOCK, listener, [migration])
    assert warnings == []


def seconds(wait: WaitForNotifications, *, most: float = 60, needs_polls: bool = False) -> float:
    started = time.monotonic()
    wait.until_next_poll(0.3, most, needs_polls=needs_polls)
    return time.monotonic() - started


def later(act: Callable[[], object]) -> None:
    threading.Timer(0.5, act).start()


def test_the_end_of_a_migration_ends_the_wait(wait: WaitForNotifications, publisher: Publisher) -> None:
    publisher.send(BEGIN, OURS)
    wait.polled()

    def send_all() -> None:
        publisher.send(END, THEIRS)
        publisher.send("instance.update", OURS)
        publisher.send(END, OURS)

    later(send_all)
    assert 0.5 <= seconds(wait) < SOON
    wait.polled()
    # The record may show the end a moment later, so the next poll follows soon.
    assert seconds(wait) < 0.3


def test_only_an_end_ends_the_wait(wait: WaitForNotifications, publisher: Publisher) -> None:
    wait.polled()
    later(lambda: publisher.send(BEGIN, OURS))
    assert seconds(wait, most=3) == pytest.approx(3, abs=0.5)


def test_the_wait_ends_at_a_deadline(wait: WaitForNotifications) -> None:
    wait.polled()
    assert seconds(wait, most=0.2) == pytest.approx(0.2, abs=0.2)


def test_polls_are_as_usual_while_the_module_needs_polls(wait: WaitForNotifications) -> None:
    wait.polled()
    assert seconds(wait, needs_polls=True) == pytest.approx(0.3, abs=0.3)


def test_a_lost_connection_ends_the_wait(wait: WaitForNotifications, broker: Broker, publisher: Publisher) -> None:
    publisher.send(BEGIN, OURS)
    wait.polled()
    try:
        later(broker.stop)
        assert seconds(wait) < SOON
        wait.polled()
        assert seconds(wait) == pytest.approx(0.3, abs=0.3)
    finally:
        broker.stop()
        broker.start()
    result = wait.result()
    assert result["state"] == "interrupted"
    assert warnings_of(result)[0].startswith("notifications: RabbitMQ at 127.0.0.1")


def test_an_end_without_a_notification_makes_polls_as_usual(
    wait: WaitForNotifications, migration: TrackedMigration, publisher: Publisher
) -> None:
    wait.polled()
    publisher.send(BEGIN, OURS)
    migration.state.settle_deadline = Deadline(SYSTEM_CLOCK, 30)
    wait.polled()
    # The notification may still arrive.
    assert seconds(wait) == pytest.approx(1.0, abs=0.5)
    wait.polled()
    assert seconds(wait) == pytest.approx(0.3, abs=0.3)
    result = wait.result()
    assert (result["state"], result["events"]) == ("lossy", 1)


def test_an_end_before_the_first_poll_needs_no_notification(
    wait: WaitForNotifications, migration: TrackedMigration, publisher: Publisher
) -> None:
    publisher.send(BEGIN, OURS)
    assert seconds(wait, most=0.5) == pytest.approx(0.5, abs=0.3)
    migration.state.settle_deadline = Deadline(SYSTEM_CLOCK, 30)
    wait.polled()
    assert wait.result()["state"] == "working"
    assert warnings_of(wait.result()) == []
