# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._nova.disabled_reason import Reason, read, wanted

NOW = datetime(2026, 4, 1, 10, 0, 0, tzinfo=UTC)
STAMPED = "new memory [since 2026-04-01T10:00:00Z]"


@pytest.mark.parametrize(
    ("reason", "taken_apart"),
    [
        (None, Reason("")),
        ("new memory", Reason("new memory")),
        (STAMPED, Reason("new memory", NOW)),
        ("fan [since 2026-04-01T10:00:00Z, disabled before]", Reason("fan", NOW, before=True)),
        ("[since 2026-04-01T10:00:00Z]", Reason("", NOW)),
        # What only looks like one is text
        ("[since 2026-04-31T10:00:00Z]", Reason("[since 2026-04-31T10:00:00Z]")),
        ("broken [since monday]", Reason("broken [since monday]")),
    ],
)
def test_reason_is_taken_apart_and_put_together(reason: str | None, taken_apart: Reason) -> None:
    assert read(reason) == taken_apart
    assert str(read(reason)) == (reason or "")


@pytest.mark.parametrize(
    ("current", "disabled", "text", "stamped", "result"),
    [
        (None, False, "new memory", True, STAMPED),
        (None, False, "new memory", False, "new memory"),
        (None, False, "", False, ""),
        # Run again: since when must not change
        (
            "new memory [since 2026-03-01T10:00:00Z]",
            True,
            "other words",
            True,
            "new memory [since 2026-03-01T10:00:00Z]",
        ),
        # Somebody else's words stay
        ("fan", True, "new memory", True, "fan [since 2026-04-01T10:00:00Z, disabled before]"),
        (None, True, "new memory", True, "new memory [since 2026-04-01T10:00:00Z, disabled before]"),
        ("fan", True, "", False, "fan"),
        ("fan", True, "new memory", False, "new memory"),
        # Nova's own words would have it enabled again
        (
            "AUTO: Connection to libvirt lost: 1",
            True,
            "new memory",
            True,
            "new memory [since 2026-04-01T10:00:00Z, disabled before]",
        ),
        # What an enabled service still has from before counts no more
        ("fan", False, "new memory", True, STAMPED),
    ],
)
def test_reason_that_is_wanted(current: str | None, disabled: bool, text: str, stamped: bool, result: str) -> None:
    assert wanted(current, disabled=disabled, text=text, stamped=stamped, now=NOW) == result


def test_too_long_a_reason_is_refused_before_nova_does() -> None:
    with pytest.raises(InputError, match="Nova takes 255 characters"):
        wanted(None, disabled=False, text="x" * 240, stamped=True, now=NOW)
