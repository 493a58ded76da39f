# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.notification import (
    Notification,
    may_concern_migrations,
    parse,
)
from ansible_collections.stackproof.migration.tests.unit.plugins.broker import body

SERVER = "5B4C2B4E-8f5b-4f6e-8b0a-0b6d6f6f5c0e"


@pytest.mark.parametrize(
    ("event_type", "final"),
    [
        ("instance.live_migration_pre.start", False),
        ("instance.live_migration_pre.end", False),
        ("instance.live_migration_post.start", False),
        ("instance.live_migration_post_dest.end", False),
        ("instance.live_migration_post.end", True),
        ("instance.live_migration_rollback.start", False),
        ("instance.live_migration_rollback.end", True),
        ("instance.live_migration_abort.end", True),
        ("instance.resize_prep.end", False),
        ("instance.resize.end", False),
        ("instance.resize.error", True),
        ("instance.resize_finish.end", True),
        ("instance.resize_confirm.end", True),
    ],
)
def test_reads_the_server_and_whether_the_migration_ends(event_type: str, final: bool) -> None:
    for text in (body(event_type, SERVER), body(event_type, SERVER).encode()):
        assert may_concern_migrations(text)
        found = parse(text)
        assert found == Notification(event_type, SERVER.lower())
        assert found.is_final is final


def test_reads_the_server_in_errors_of_the_conductor() -> None:
    payload = {"nova_object.data": {"instance_uuid": SERVER, "uuid": "other", "reason": {}}}
    # Without the envelope of oslo.messaging, as some bridges send notifications
    found = parse(json.dumps({"event_type": "compute_task.migrate_server.error", "payload": payload}))
    assert found == Notification("compute_task.migrate_server.error", SERVER.lower())
    assert found.is_final


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        b"\xff\xfe",
        "[]",
        "null",
        "{}",
        json.dumps({"oslo.message": "{"}),
        json.dumps({"oslo.message": "[]"}),
        json.dumps({"event_type": 1, "payload": {}}),
        json.dumps({"event_type": "instance.live_migration_post.end"}),
        json.dumps({"event_type": "instance.live_migration_post.end", "payload": "uuid"}),
        json.dumps({"event_type": "instance.live_migration_post.end", "payload": {"nova_object.data": None}}),
        json.dumps({"event_type": "instance.live_migration_post.end", "payload": {"nova_object.data": {"uuid": 7}}}),
        # an unversioned notification
        json.dumps({"event_type": "compute.instance.live_migration._post.end", "payload": {"instance_id": SERVER}}),
        body("instance.update", SERVER),
        body("instance.delete.end", SERVER),
    ],
)
def test_ignores_other_content(text: str | bytes) -> None:
    assert parse(text) is None


def test_most_messages_need_no_decoding() -> None:
    assert not may_concern_migrations(body("instance.update", SERVER))
    assert not may_concern_migrations(body("compute.libvirt.error", SERVER).encode())
