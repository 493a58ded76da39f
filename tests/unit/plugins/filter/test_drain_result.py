# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.stackproof.migration.plugins.filter.drain_result import FilterModule


@pytest.mark.parametrize("started", [1764172800.25, "1764172800.25"])
def test_accepts_times_as_strings(started: float | str) -> None:
    drain_result = FilterModule().filters()["drain_result"]
    found = {"host": "compute1", "run_id": "r1", "inventory": {"servers": [], "empty": True}}
    result = drain_result(found, started=started, ended=1764172810.5)
    assert (result["outcome"], result["seconds"]) == ("drained", 10.2)
