# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""A thread that receives Nova's notifications about the migrations of this module."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.bus_state import BusState
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.connection_errors import (
    BrokerDownError,
    loss,
)
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.notification import (
    may_concern_migrations,
    parse,
)
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.subscription import subscribe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock
    from ansible_collections.stackproof.migration.plugins.module_utils._notifications.settings import (
        NotificationSettings,
    )
    from ansible_collections.stackproof.migration.plugins.module_utils._notifications.subscription import Subscription

# The seconds between two attempts to connect to RabbitMQ.
RETRY_SECONDS = 2.0
# The module checks the heartbeats of RabbitMQ at least once in this many seconds.
_TICK_SECONDS = 1.0
# The listener waits at most this many seconds for the rest of a message.
_REST_SECONDS = 0.02
_JOIN_SECONDS = 3.0


class Listener:
    """Receives the notifications about some servers in a thread.

    The method connect() opens the first connection. After a lost connection, the thread connects again.
    """

    def __init__(self, settings: NotificationSettings, clock: Clock) -> None:
        self.settings = settings
        # The listener sets this event when the module should poll the migrations earlier.
        self.changed = threading.Event()
        self._clock = clock
        self._servers: frozenset[str] = frozenset()
        self._state = BusState()
        self._lock = threading.Lock()
        self._subscription: Subscription | None = None
        self._thread: threading.Thread | None = None
        self._ended = False
        # A byte that is written to this socket pair wakes the listener thread.
        self._stop, self._stopped = socket.socketpair()

    # The thread that monitors the migrations calls these methods.

    def connect(self) -> None:
        """Connect to RabbitMQ. Raise CloudError if the settings are wrong.

        If RabbitMQ does not answer, the listener thread tries again later.
        """
        try:
            self._connect()
        except BrokerDownError as error:
            self._update(problem=error.failure.message)

    def follow(self, server_ids: Iterable[str]) -> None:
        """Count the notifications about these servers."""
        self._servers = frozenset(server_id.lower() for server_id in server_ids)

    @property
    def state(self) -> BusState:
        with self._lock:
            return self._state

    def start(self) -> None:
        """Start the thread that receives messages."""
        self._thread = threading.Thread(target=self._run, name="notifications", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop the listener thread and close the connection to RabbitMQ."""
        self._ended = True
        with contextlib.suppress(OSError):
            self._stop.send(b".")
        if self._thread is not None:
            self._thread.join(_JOIN_SECONDS)
        elif self._subscription is not None:
            self._subscription.close()
        self._stop.close()
        if self._thread is None or not self._thread.is_alive():
            self._stopped.close()

    def _run(self) -> None:
        while not self._ended:
            if self._subscription is None:
                self._reconnect()
            else:
                self._listen(self._subscription)
        if self._subscription is not None:
            self._subscription.close()

    def _connect(self) -> None:
        self._subscription = subscribe(self.settings, self._receive)
        with self._lock:
            self._state = replace(
                self._state,
                connected=True,
                connected_at=self._clock.monotonic(),
                connections=self._state.connections + 1,
                heard=0,
            )
        self.changed.set()

    def _reconnect(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._stopped, selectors.EVENT_READ)
            self._clock.select(selector, RETRY_SECONDS)
        if self._ended:
            return
        try:
            self._connect()
        except CloudError as error:
            # While RabbitMQ starts, it may refuse a user or a virtual host that exists.
            self._update(problem=error.failure.message)

    def _listen(self, subscription: Subscription) -> None:
        """Receive notifications until the connection to RabbitMQ ends."""
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self._stopped, selectors.EVENT_READ)
                selector.register(subscription.socket, selectors.EVENT_READ)
                while not self._ended:
                    self._clock.select(selector, _TICK_SECONDS)
                    self._receive_all(subscription)
                    subscription.keep_alive()
        except Exception as error:  # noqa: BLE001  # amqp raises exceptions of many classes after the end of a connection
            subscription.close()
            self._subscription = None
            problem = loss(error, subscription.broker)
            with self._lock:
                losses = self._state.losses + 1
                self._state = replace(self._state, connected=False, losses=losses, problem=problem)
            self.changed.set()

    def _receive_all(self, subscription: Subscription) -> None:
        """Receive the messages that have arrived, for at most one second."""
        end = Deadline(self._clock, _TICK_SECONDS)
        while not self._ended and not end.over:
            try:
                subscription.receive(_REST_SECONDS)
            except TimeoutError:
                return

    def _receive(self, message: Any) -> None:
        message.channel.basic_ack(message.delivery_tag)
        found = parse(message.body) if may_concern_migrations(message.body) else None
        if found is None or found.server_id not in self._servers:
            with self._lock:
                self._state = replace(self._state, others=self._state.others + 1)
            return
        with self._lock:
            state = self._state
            finals = {**state.finals, found.server_id: self._clock.monotonic()} if found.is_final else state.finals
            self._state = replace(state, events=state.events + 1, heard=state.heard + 1, finals=finals)
        self.changed.set()

    def _update(self, **changes: Any) -> None:
        with self._lock:
            self._state = replace(self._state, **changes)
        self.changed.set()
