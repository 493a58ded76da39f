# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._nova.disabled_reason import Reason, new_reason, read

NOW = datetime(2026, 4, 1, 10, 0, 0, tzinfo=UTC)
WITH_TIMESTAMP = "new memory [since 2026-04-01T10:00:00Z]"


@pytest.mark.parametrize(
    ("reason", "parts"),
    [
        (None, Reason("")),
        ("new memory", Reason("new memory")),
        (WITH_TIMESTAMP, Reason("new memory", NOW)),
        ("fan [since 2026-04-01T10:00:00Z, disabled before]", Reason("fan", NOW, before=True)),
        ("[since 2026-04-01T10:00:00Z]", Reason("", NOW)),
        # This text is no valid timestamp.
        ("[since 2026-04-31T10:00:00Z]", Reason("[since 2026-04-31T10:00:00Z]")),
        ("broken [since monday]", Reason("broken [since monday]")),
    ],
)
def test_reads_and_writes_reasons(reason: str | None, parts: Reason) -> None:
    assert read(reason) == parts
    assert str(read(reason)) == (reason or "")


@pytest.mark.parametrize(
    ("current", "disabled", "text", "timestamp", "result"),
    [
        (None, False, "new memory", True, WITH_TIMESTAMP),
        (None, False, "new memory", False, "new memory"),
        (None, False, "", False, ""),
        # A second drain keeps the timestamp of the first drain.
        (
            "new memory [since 2026-03-01T10:00:00Z]",
            True,
            "another reason",
            True,
            "new memory [since 2026-03-01T10:00:00Z]",
        ),
        # The new reason contains the reason of another user.
        ("fan", True, "new memory", True, "fan [since 2026-04-01T10:00:00Z, disabled before]"),
        (None, True, "new memory", True, "new memory [since 2026-04-01T10:00:00Z, disabled before]"),
        ("fan", True, "", False, "fan"),
        ("fan", True, "new memory", False, "new memory"),
        # If the new reason was a reason of nova-compute, nova-compute would enable the service again.
        (
            "AUTO: Connection to libvirt lost: 1",
            True,
            "new memory",
            True,
            "new memory [since 2026-04-01T10:00:00Z, disabled before]",
        ),
        # The reason of an enabled service is ignored.
        ("fan", False, "new memory", True, WITH_TIMESTAMP),
    ],
)
def test_new_reason(current: str | None, disabled: bool, text: str, timestamp: bool, result: str) -> None:
    assert new_reason(current, disabled=disabled, text=text, timestamp=timestamp, now=NOW) == result


def test_refuses_reason_that_is_too_long() -> None:
    with pytest.raises(InputError, match="Nova accepts 255"):
        new_reason(None, disabled=False, text="x" * 240, timestamp=True, now=NOW)
