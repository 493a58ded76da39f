# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.bus_state import BusState
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.settings import (
    Broker,
    NotificationSettings,
)
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.summary import Ends, summary

SETTINGS = NotificationSettings((Broker("rabbit", 5672, "u", "p"),))
HEARD = BusState(connected=True, connections=1, events=6, heard=6)


@pytest.mark.parametrize(
    ("state", "ends", "name", "reason"),
    [
        (HEARD, Ends(1, 0), "working", None),
        (HEARD, Ends(3, 1), "lossy", "the end of 1 of 3 migrations"),
        (BusState(connected=True, connections=1), Ends(1, 1), "silent", "notification_format"),
        (BusState(connected=True, connections=1), Ends(0, 0), "unused", None),
        (BusState(problem="RabbitMQ does not answer."), Ends(1, 0), "down", "RabbitMQ does not answer. The module"),
        (
            BusState(connected=True, connections=2, losses=1, problem="RabbitMQ ended it", events=1),
            Ends(1, 0),
            "interrupted",
            "RabbitMQ ended it. The module polled .* then worked again",
        ),
        (BusState(connections=1, losses=1, problem="Gone"), Ends(1, 0), "interrupted", "Gone. .*could not connect"),
    ],
)
def test_describes_how_notifications_worked(state: BusState, ends: Ends, name: str, reason: str | None) -> None:
    found = summary(state, ends, SETTINGS)
    assert found["state"] == name
    if reason is None:
        assert found["reason"] is None
    else:
        assert re.search(reason, found["reason"]), found["reason"]
    assert (found["events"], found["connections"]) == (state.events, state.connections)
