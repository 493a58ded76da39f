# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of the option ``notifications``."""

from __future__ import annotations


class ModuleDocFragment:
    """The documentation of the option with which a module receives Nova's versioned notifications."""

    DOCUMENTATION = r"""
options:
  notifications:
    description:
      - The connection to RabbitMQ, from which the module reads Nova's notifications.
      - When a notification announces the end of a migration, the module polls immediately.
      - While notifications arrive, the module polls less often.
      - Notifications only tell the module when to poll. The outcome of a migration always comes from a poll.
      - If notifications do not arrive, the module polls as often as without this option. By default, the module notices
        a missing notification within 10 seconds. RV(notifications) shows whether notifications arrived.
      - This option needs the Python package C(kombu). Nova must send versioned notifications. The page I(Wait by event)
        of the documentation describes the configuration of Nova and the rights of the RabbitMQ user.
      - If RabbitMQ refuses the connection because a value of this option is wrong, the module fails before it requests
        a migration. If RabbitMQ does not answer, the module returns a warning and polls.
      - The module receives copies of the notifications in a queue of its own. Other consumers lose no notification.
    type: dict
    suboptions:
      url:
        description:
          - Address of RabbitMQ with user, password and virtual host, such as
            C(amqp://user:password@rabbit.example.org:5672/nova). C(amqps://) uses TLS.
          - You can also use the value of C(transport_url) from C(nova.conf). This value starts with C(rabbit://) and
            may contain several hosts.
        type: str
        required: true
      exchange:
        description: The exchange to which Nova sends notifications, as in Nova's option C(control_exchange).
        type: str
        default: nova
      topic:
        description: The topic of the notifications, as in Nova's option C(versioned_notifications_topics).
        type: str
        default: versioned_notifications
      interval:
        description: Longest interval between two polls while notifications arrive, in seconds, from 1 to 60.
        type: float
        default: 10
      tls:
        description: Files for a connection with C(amqps://). The module always verifies the certificate of RabbitMQ.
        type: dict
        suboptions:
          ca_cert:
            description: Certificates of the authorities to trust, in the format PEM. By default, the module trusts the
              authorities of the operating system.
            type: path
          client_cert:
            description: Certificate of the client, in the format PEM.
            type: path
          client_key:
            description: Private key of the client certificate. By default, O(notifications.tls.client_cert) contains
              the key.
            type: path
"""
