# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.stackproof.migration.plugins.filter.unknown_inputs import FilterModule

KNOWN = ["migration_cycle_count", "migration_cycle_image", "migration_cycle_result"]
unknown_inputs = FilterModule().filters()["unknown_inputs"]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], []),
        (KNOWN, []),
        (
            ["migration_cycle_counts", "migration_cycle_image"],
            ["There is no input migration_cycle_counts. Did you mean migration_cycle_count?"],
        ),
        (["migration_cycle_zzzzzzzzzzzzzzzzzzzzz"], ["There is no input migration_cycle_zzzzzzzzzzzzzzzzzzzzz."]),
    ],
)
def test_what_is_not_known(names: list[str], told: list[str]) -> None:
    assert unknown_inputs(names, known=KNOWN) == told
