# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The prediction of the migrations of a cycle."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import MoveContext
from ansible_collections.stackproof.migration.plugins.module_utils._cycle.prediction import (
    blockers_of_servers,
    score_migrations,
)

HIBISCUS = MoveContext((34, 34))
CERTAIN = [{"reason": "vtpm", "certainty": "certain"}]
LIKELY = [{"reason": "pci", "certainty": "likely"}]


@pytest.mark.parametrize(
    ("specs", "image", "ports", "expected"),
    [
        ({}, {}, ["normal"], []),
        ({"hw:tpm_version": "2.0"}, {}, [], ["vtpm"]),
        ({}, {"hw_tpm_version": "2.0"}, [], ["vtpm"]),
        ({}, {}, ["normal", "accelerator-direct"], ["port_accelerator"]),
        ({"pci_passthrough:alias": "gpu:1"}, {}, ["direct"], ["pci", "sriov"]),
    ],
)
def test_blockers_of_the_planned_servers(
    specs: dict[str, str], image: dict[str, str], ports: list[str], expected: list[str]
) -> None:
    found = blockers_of_servers({"extra_specs": specs}, image, ports, HIBISCUS, from_volume=False)
    assert [one.reason for one in found] == expected


def migration(outcome: str, kind: str | None = None) -> dict[str, Any]:
    return {"server_name": "web", "outcome": outcome, "failure": {"kind": kind} if kind else None}


@pytest.mark.parametrize(
    ("one", "moved"),
    [
        (migration("completed"), True),
        # Nova has moved the server, and a check failed afterwards.
        (migration("disagreement"), True),
        (migration("failed"), False),
        (migration("refused", "conflict"), False),
        # Nova did not judge the server.
        (migration("refused", "permission"), None),
        (migration("refused", "busy"), None),
        (migration("timeout"), None),
        (migration("not_started"), None),
        (migration("requested"), None),
    ],
)
def test_score_of_a_migration(one: dict[str, Any], moved: bool | None) -> None:
    expected: dict[str, Any] = {"moved": 0, "failed": 0}
    if moved is not None:
        expected["moved" if moved else "failed"] = 1
    # A likely reason does not predict that the migration fails.
    can = score_migrations([one], LIKELY)
    assert (can["can_move"], can["not_tried"]) == (expected, int(moved is None))
    assert can["false_can_move"] == (["web"] if moved is False else [])
    cannot = score_migrations([one], CERTAIN)
    assert (cannot["cannot_move"], cannot["not_tried"]) == (expected, int(moved is None))
    assert cannot["false_cannot_move"] == (["web"] if moved else [])
