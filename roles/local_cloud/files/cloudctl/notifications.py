# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create the RabbitMQ user that may only read Nova's notifications, and the file with its URL."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

import yaml

from .ports import ADDRESS

if TYPE_CHECKING:
    from .settings import Settings

USER = "notifications"
EXCHANGE = "nova"
TOPIC = "versioned_notifications"
# The page docs/wait-by-event.md lists the same permissions. They allow a user to read notifications, but no other
# messages.
OWN_QUEUES = r"^stackproof-migration\."
READABLE = rf"^(stackproof-migration\..*|{EXCHANGE})$"
NOTHING = "^$"
# The file notifications.yaml sets these inputs of the roles.
INPUTS = ("migration_cycle_notifications", "host_drain_notifications")
MAX_MESSAGES = 1000
_SALT_BYTES = 4


def definitions(password: str) -> dict[str, Any]:
    """Return the input of `rabbitmqctl import_definitions`, with a hash of the password."""
    where = {"user": USER, "vhost": "/"}
    user = {
        "name": USER,
        "password_hash": password_hash(password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": "",
    }
    # Nova also sends the notifications to a queue that no program reads. A policy limits the length of this queue.
    limit = {"max-length": MAX_MESSAGES}
    return {
        "policies": [
            {
                "vhost": "/",
                "name": TOPIC,
                "pattern": rf"^{TOPIC}\.",
                "apply-to": "queues",
                "definition": limit,
                "priority": 0,
            }
        ],
        "users": [user],
        "permissions": [{**where, "configure": OWN_QUEUES, "write": OWN_QUEUES, "read": READABLE}],
        "topic_permissions": [{**where, "exchange": EXCHANGE, "write": NOTHING, "read": rf"^{TOPIC}\."}],
    }


def password_hash(password: str) -> str:
    """Return the hash of a random password for RabbitMQ. A random password needs no random salt."""
    salt = hashlib.sha256(b"salt" + password.encode()).digest()[:_SALT_BYTES]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def variables_file(settings: Settings, secrets: dict[str, str]) -> str:
    """Return the text of a YAML file with the notification inputs of the roles.

    The text contains the password of RabbitMQ.
    """
    url = f"amqp://{USER}:{secrets[USER]}@{ADDRESS}:{settings.ports['rabbitmq']}/"
    where = {"url": url, "exchange": EXCHANGE, "topic": TOPIC}
    # A line break in the path would end the comment, so quote the path as JSON.
    folder = json.dumps(str(settings.layout.top), ensure_ascii=False)
    comments = (
        f"# Nova's notifications in the local cloud in the folder {folder}. A start writes this file.",
        "# To use it in any playbook of this collection: ansible-playbook … -e @this-file",
    )
    return "\n".join((*comments, yaml.safe_dump({name: dict(where) for name in INPUTS}, sort_keys=False)))
