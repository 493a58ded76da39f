# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.mark import (
    Mark,
    labels_in_group_name,
    metadata_in,
)

RUN = {
    "stackproof_run": "20261127T023303Z-4a953e",
    "stackproof_run_owner": "bc2969e6dd2d2e82:4194303:4231123123",
    "stackproof_run_until": "2026-11-27T03:42:03+00:00",
}


def test_all_resources_show_the_metadata_of_the_run() -> None:
    mark = Mark({"cost": "x" * 80, "a/b": "1", **RUN}, ("stackproof.migration",))
    assert metadata_in(mark.labels) == RUN
    assert metadata_in(labels_in_group_name(mark.group_name("migration-cycle-20261127T023303Z-4a953e"))) == RUN
    assert RUN.items() <= mark.volume_metadata.items()
    assert Mark(RUN).is_on(mark.labels)
    assert Mark({"stackproof_run": RUN["stackproof_run"]}, ("stackproof.migration",)).is_on_volume(mark.volume_metadata)


def test_group_name_has_room_for_the_run() -> None:
    mark = Mark({**{f"key{number}": "y" * 40 for number in range(9)}, **RUN}, ("stackproof.migration",))
    name = mark.group_name("migration-cycle-20261127T023303Z-4a953e")
    assert len(name) <= 255
    assert RUN.items() <= metadata_in(labels_in_group_name(name)).items()


def test_mark_without_metadata_selects_nothing() -> None:
    assert not Mark({}, ("a",)).is_on(["a"])
    assert not Mark({}, ("a",)).is_on_volume({"stackproof_tags": "a"})
    assert not Mark({"k": "v"}, ("a",)).is_on(["k=v"])
    assert not Mark({"k": "v"}, ("a",)).is_on_volume({"k": "v", "stackproof_tags": "b"})
    assert labels_in_group_name("group of a user") == ()
