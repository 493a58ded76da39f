# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.stackproof.migration.plugins.filter.drain_outcome import FilterModule

SERVER = {"id": "s1", "name": "web", "host": "compute1", "how": "live", "obstacle": None}


def test_filter_hands_over_both_ways() -> None:
    drain_outcome = FilterModule().filters()["drain_outcome"]
    assert drain_outcome({"after": {"servers": [], "empty": True}})["outcome"] == "drained"
    assert drain_outcome({"after": {"servers": [SERVER]}})["live"] == ["s1"]
    assert drain_outcome({"seen": [SERVER], "after": {"servers": [], "empty": True}})["gone"][0]["server_id"] == "s1"
    back = drain_outcome({"after": {"moved": [SERVER]}}, back=True)
    assert (back["outcome"], back["live"]) == ("not_undrained", ["s1"])
