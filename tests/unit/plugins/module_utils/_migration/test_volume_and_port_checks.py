# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._cinder.model import (
    AttachedVolume,
    Attachment,
    Volume,
    attached_volumes,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.volume_and_port_checks import (
    compare_ports,
    compare_volumes,
    verdict,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.volume_and_port_entries import (
    attachment_entries,
    attachments_in,
    port_entries,
    ports_in,
    volume_entries,
)
from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import Binding, Port


def attachment(name: str = "new", host: str | None = "compute2", status: str = "attached") -> Attachment:
    return Attachment(name, "v", status, host)


def volume(*attachments: Attachment, **more: Any) -> AttachedVolume:
    given: dict[str, Any] = {"id": "v", "status": "in-use", "nova_attachment": "new", **more}
    return AttachedVolume(attachments=attachments, **given)


OLD = attachment("old", "compute1")
NEW = attachment("new", "compute2")


@pytest.mark.parametrize(
    ("found", "ok", "text"),
    [
        (volume(NEW), True, "volume v in-use, attached on compute2"),
        # The attachment on the source is left.
        (volume(OLD, NEW), False, "volume v in-use, 2 attachments: attached on compute1, attached on compute2"),
        (volume(NEW, attachment("third", None, "attaching")), False,
         "volume v in-use, 2 attachments: attached on compute2, attaching"),
        (volume(attachment("new", None, "reserved")), False, "volume v in-use, reserved"),
        (volume(attachment("new", "compute1")), False, "volume v in-use, attached on compute1"),
        # Nova uses another attachment than Cinder, or no attachment.
        (volume(NEW, nova_attachment="old"), False,
         "volume v in-use, attached on compute2 (new), and Nova uses attachment old"),
        (volume(NEW, nova_attachment=None, in_nova=False), False,
         "volume v in-use, attached on compute2 (new), not listed by Nova"),
        # Before microversion 2.89, Nova does not report the id.
        (volume(NEW, nova_attachment=None), True, "volume v in-use, attached on compute2"),
        # Bug 1889108
        (volume(status="available", nova_attachment="old"), False,
         "volume v available, no attachment, and Nova uses attachment old"),
        (volume(NEW, status="error"), False, "volume v error, attached on compute2"),
        # Another operation uses the volume, or the user may not read the volume.
        (volume(NEW, status="backing-up"), None, "volume v backing-up, attached on compute2"),
        (volume(attachment("new", None), status=None), None, "volume v, attached"),
        # Only administrators can see the host.
        (volume(attachment("new", None)), True, "volume v in-use, attached"),
        (volume(attachment("old", None), attachment("new", None)), False,
         "volume v in-use, 2 attachments: attached, attached"),
    ],
)  # fmt: skip
def test_volumes_of_a_migrated_server(found: AttachedVolume, ok: bool | None, text: str) -> None:
    ((expected, shown, agrees),) = compare_volumes([found], "compute2", {"v": frozenset({"old"})}, keeps_ids=False)
    assert (shown, agrees) == (text, ok)
    assert ok is not True or expected == shown


@pytest.mark.parametrize(
    ("found", "ok", "expected", "text"),
    [
        (volume(OLD, nova_attachment="old"), True, "volume v in-use, attached on compute1",
         "volume v in-use, attached on compute1"),
        # A failed migration keeps the ids of the attachments.
        (volume(attachment("new", "compute1")), False, "volume v in-use, attached on compute1 (old)",
         "volume v in-use, attached on compute1 (new)"),
        (volume(OLD, attachment("new", None, "attaching"), nova_attachment="old"), False,
         "volume v in-use, attached on compute1 (old)",
         "volume v in-use, 2 attachments: attached on compute1 (old), attaching (new)"),
    ],
)  # fmt: skip
def test_volumes_of_a_server_whose_migration_failed(found: AttachedVolume, ok: bool, expected: str, text: str) -> None:
    before = {"v": frozenset({"old"})}
    assert compare_volumes([found], "compute1", before, keeps_ids=True) == [(expected, text, ok)]


def test_ids_are_not_compared_if_they_are_unknown() -> None:
    ((_expected, _found, ok),) = compare_volumes([volume(OLD, nova_attachment="old")], "compute1", {}, keeps_ids=True)
    assert ok is True


def test_attachment_from_an_earlier_migration_is_named() -> None:
    before = {"v": frozenset({"old", "older"})}
    ((_expected, text, ok),) = compare_volumes([volume(OLD, NEW)], "compute2", before, keeps_ids=False)
    assert ok is False
    assert text.endswith(", 2 attachments before the migration")


def port(status: str = "ACTIVE", host: str | None = "compute2", **bindings: str) -> Port:
    return Port("p", status, host, tuple(Binding(*each) for each in bindings.items()) if bindings else None)


@pytest.mark.parametrize(
    ("found", "ok", "text"),
    [
        (port(compute2="ACTIVE"), True, "port p ACTIVE bound to compute2"),
        (port(compute1="ACTIVE"), False, "port p ACTIVE bound to compute1"),
        (port(compute1="INACTIVE", compute2="ACTIVE"), False,
         "port p ACTIVE bound to compute2 with an INACTIVE binding on compute1"),
        (port(compute2="INACTIVE"), False, "port p ACTIVE bound to no host with an INACTIVE binding on compute2"),
        (port("DOWN", compute2="ACTIVE"), False, "port p DOWN bound to compute2"),
        # The user may read the port, but not its bindings.
        (port(), True, "port p ACTIVE bound to compute2"),
        (port("DOWN", ""), False, "port p DOWN bound to no host"),
        # Only administrators can see the host.
        (port(host=None), True, "port p ACTIVE"),
        (port("DOWN", None), False, "port p DOWN"),
    ],
)  # fmt: skip
def test_ports_of_a_server(found: Port, ok: bool, text: str) -> None:
    ((expected, shown, agrees),) = compare_ports([found], "compute2", {}, runs=True)
    assert (shown, agrees) == (text, ok)
    assert ok is not True or expected == shown


def test_port_needs_one_binding_if_the_host_is_unknown() -> None:
    ((_expected, _found, one),) = compare_ports([port(compute2="ACTIVE")], None, {}, runs=True)
    ((_expected, _found, none),) = compare_ports([port(compute2="INACTIVE")], None, {}, runs=True)
    assert (one, none) == (True, False)


@pytest.mark.parametrize(
    ("before", "runs", "ok"),
    [
        ({"p": port("DOWN")}, True, True),
        ({"p": port("ACTIVE")}, True, False),
        ({}, True, False),
        ({}, False, True),
    ],
)
def test_port_may_be_down_if_it_was_down_before_or_the_server_is_off(
    before: dict[str, Port], runs: bool, ok: bool
) -> None:
    ((_expected, _found, agrees),) = compare_ports([port("DOWN", compute2="ACTIVE")], "compute2", before, runs=runs)
    assert agrees is ok


@pytest.mark.parametrize(
    ("found", "expected"), [([True], True), ([True, None], None), ([None, False], False), ([], True)]
)
def test_verdict_of_several_volumes(found: list[bool | None], expected: bool | None) -> None:
    assert verdict(("", "", agrees) for agrees in found) is expected


def test_hosts_come_from_the_volume() -> None:
    hidden = Attachment("new", "v", "attached")
    found = attached_volumes({"v": "new", "gone": "x"}, [hidden], {"v": Volume("v", "in-use", {"new": "compute2"})})
    assert found == (
        AttachedVolume("gone", "not found", (), nova_attachment="x"),
        AttachedVolume("v", "in-use", (NEW,), nova_attachment="new"),
    )


def test_volume_that_only_cinder_lists() -> None:
    (found,) = attached_volumes({}, [NEW], None)
    assert found == AttachedVolume("v", None, (attachment(host=None),), in_nova=False)


def test_results_can_be_read_again() -> None:
    ports = (Port("p", "ACTIVE", "compute1"),)
    assert attachments_in(attachment_entries((OLD, NEW))) == (OLD, NEW)
    assert ports_in(port_entries(ports)) == ports
    assert attachments_in(attachment_entries(None)) is None
    assert ports_in(port_entries(None)) is None


def test_result_has_one_entry_per_attachment_and_binding() -> None:
    assert volume_entries([volume(OLD, NEW), volume(id="empty", status="available")]) == [
        {"volume_id": "v", "attachment_id": "old", "status": "attached", "host": "compute1", "volume_status": "in-use",
         "in_nova": True, "nova_attachment_id": "new"},
        {"volume_id": "v", "attachment_id": "new", "status": "attached", "host": "compute2", "volume_status": "in-use",
         "in_nova": True, "nova_attachment_id": "new"},
        {"volume_id": "empty", "attachment_id": None, "status": None, "host": None, "volume_status": "available",
         "in_nova": True, "nova_attachment_id": "new"},
    ]  # fmt: skip
    assert port_entries([port(compute1="INACTIVE", compute2="ACTIVE"), port("DOWN", "")]) == [
        {"port_id": "p", "port_status": "ACTIVE", "host": "compute1", "status": "INACTIVE"},
        {"port_id": "p", "port_status": "ACTIVE", "host": "compute2", "status": "ACTIVE"},
        {"port_id": "p", "port_status": "DOWN", "host": None, "status": None},
    ]


@pytest.mark.parametrize("entries", [[{}], "text", [1], 7])
def test_wrong_results_are_named(entries: Any) -> None:
    with pytest.raises(InputError, match="volume_attachments_before must come from an earlier result"):
        attachments_in(entries)
    with pytest.raises(InputError, match="port_bindings_before must come from an earlier result"):
        ports_in(entries)
