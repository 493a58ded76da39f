# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._module.run_summary import cloud_text, line, wrapped

PLACE = {"region": "RegionOne", "auth_url": "https://keystone.example.org/v3"}


@pytest.mark.parametrize(
    ("cloud", "place", "text"),
    [
        ("mycloud", PLACE, "mycloud, region RegionOne, https://keystone.example.org/v3"),
        ("mycloud", None, "mycloud"),
        (
            {"auth": {"auth_url": PLACE["auth_url"], "password": "secret"}},
            PLACE,
            "at https://keystone.example.org/v3, region RegionOne",
        ),
    ],
)
def test_cloud_is_named_without_secrets(cloud: Any, place: dict[str, str] | None, text: str) -> None:
    assert cloud_text(cloud, place) == text


def test_long_text_continues_below_its_begin() -> None:
    first, second = wrapped("reason", "word " * 14 + "end")
    assert first == "reason     " + " ".join(["word"] * 13)
    assert second == " " * 11 + "word end"


def test_line_without_text_has_no_spaces_at_its_end() -> None:
    assert line("zone", "") == "zone"
