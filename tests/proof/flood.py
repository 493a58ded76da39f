# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send notifications about other servers, as a large cloud does.

usage: flood.py URL RATE SECONDS

Prints the number of sent messages as JSON.
"""

from __future__ import annotations

import json
import sys
import time
import uuid

import kombu

# A part of the messages must be decoded, because they are about migrations of other servers.
EVENT_TYPES = ("instance.update", "instance.live_migration_post.end", "instance.exists", "instance.create.end")
PAUSE_SECONDS = 0.01


def body(number: int) -> str:
    data = {"nova_object.data": {"uuid": str(uuid.uuid4()), "padding": "x" * 3000}}
    notification = {"event_type": EVENT_TYPES[number % len(EVENT_TYPES)], "payload": data}
    return json.dumps({"oslo.version": "2.0", "oslo.message": json.dumps(notification)})


def main(url: str, rate: float, seconds: float) -> None:
    sent, started = 0, time.monotonic()
    with kombu.Connection(url) as connection:
        producer = connection.Producer()
        while (spent := time.monotonic() - started) < seconds:
            while sent < spent * rate:
                producer.publish(
                    body(sent),
                    exchange="nova",
                    routing_key="versioned_notifications.info",
                    content_type="application/json",
                )
                sent += 1
            time.sleep(PAUSE_SECONDS)
    print(json.dumps({"sent": sent}))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
