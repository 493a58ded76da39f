# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING

import pytest
import yaml
from cloudctl.notifications import definitions, password_hash, variables_file

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.roles.local_cloud.toy import Toy
    from cloudctl.settings import Settings

SECRETS = {"notifications": "correct-horse"}
NOVA = {"nova", "nova-conductor", "nova-scheduler", "nova-compute1", "nova-compute2"}


@pytest.mark.parametrize(
    ("right", "name", "allowed"),
    [
        ("configure", "stackproof-migration.5b4c2b4e", True),
        ("configure", "conductor", False),
        ("configure", "nova", False),
        ("write", "stackproof-migration.5b4c2b4e", True),
        ("write", "nova", False),
        ("write", "amq.default", False),
        ("read", "stackproof-migration.5b4c2b4e", True),
        ("read", "nova", True),
        ("read", "versioned_notifications.info", False),
        ("read", "conductor", False),
    ],
)
def test_user_may_only_read_notifications(right: str, name: str, allowed: bool) -> None:
    (permissions,) = definitions("correct-horse")["permissions"]
    assert bool(re.search(permissions[right], name)) is allowed
    assert permissions["vhost"] == "/"


@pytest.mark.parametrize(
    ("right", "key", "allowed"),
    [
        ("read", "versioned_notifications.*", True),
        ("read", "conductor", False),
        ("read", "#", False),
        ("write", "versioned_notifications.info", False),
    ],
)
def test_topics_of_the_user_are_limited(right: str, key: str, allowed: bool) -> None:
    (permissions,) = definitions("correct-horse")["topic_permissions"]
    assert permissions["exchange"] == "nova"
    assert bool(re.search(permissions[right], key)) is allowed


def test_definitions_contain_only_a_hash_of_the_password() -> None:
    assert "correct-horse" not in json.dumps(definitions("correct-horse"))
    stored = base64.b64decode(password_hash("correct-horse"))
    assert stored[4:] == hashlib.sha256(stored[:4] + b"correct-horse").digest()


def test_variables_are_inputs_of_the_roles(settings: Settings) -> None:
    variables = yaml.safe_load(variables_file(settings, SECRETS))
    assert list(variables) == ["migration_cycle_notifications", "host_drain_notifications"]
    for value in variables.values():
        assert value["url"] == f"amqp://notifications:correct-horse@127.0.0.1:{settings.ports['rabbitmq']}/"


def test_switch_restarts_only_nova(toy: Toy) -> None:
    toy.cloud().start()
    path = toy.layout.notifications_yaml
    assert not path.exists()
    before = starts(toy)
    on = toy.cloud(notifications=True).start()
    assert on["notifications_yaml"] == str(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert {name for name, number in starts(toy).items() if number != before[name]} == NOVA
    assert "notification user" in on["seconds"]
    assert "notification_format = versioned" in (toy.layout.etc / "nova" / "nova.conf").read_text()
    assert toy.cloud(notifications=True).start()["changed"] is False

    off = toy.cloud().start()
    assert off["notifications_yaml"] == ""
    assert "notification user" in off["seconds"]
    assert not path.exists()
    assert "notification_format" not in (toy.layout.etc / "nova" / "nova.conf").read_text()


def starts(toy: Toy) -> dict[str, int]:
    found = (toy.layout.top / "told").glob("starts-*")
    return {path.name.removeprefix("starts-"): len(path.read_text().splitlines()) for path in found}
