# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait until a service consumes messages from its queue.

Standard input contains JSON, for example ``{"url": "amqp://…", "queue": "conductor", "timeout": 60}``. The script exits
with code 1 after ``timeout`` seconds.
"""

from __future__ import annotations

import json
import sys
import time

import amqp
import kombu

POLL_SECONDS = 0.2


def has_consumer(connection: kombu.Connection, queue: str) -> bool:
    channel = connection.channel()
    try:
        return bool(channel.queue_declare(queue, passive=True).consumer_count)
    except amqp.exceptions.NotFound:
        return False  # The queue does not exist yet. The broker has closed the channel.
    finally:
        if channel.is_open:
            channel.close()


def main() -> int:
    order = json.load(sys.stdin)
    deadline = time.monotonic() + order["timeout"]
    with kombu.Connection(order["url"]) as connection:
        while not has_consumer(connection, order["queue"]):
            if time.monotonic() > deadline:
                print(f"no consumer on the queue {order['queue']} after {order['timeout']:.0f} s")
                return 1
            time.sleep(POLL_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
