# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.stackproof.migration.plugins.filter.drain_outcome import FilterModule

SERVER = {"id": "s1", "name": "web", "host": "compute1", "move_method": "live", "obstacle": None}


def test_filter_returns_outcome_of_each_state() -> None:
    drain_outcome = FilterModule().filters()["drain_outcome"]
    empty = {"servers": [], "empty": True}
    assert drain_outcome({"inventory": empty})["outcome"] == "drained"
    assert drain_outcome({"inventory": {"servers": [SERVER]}})["live"] == ["s1"]
    assert drain_outcome({"earlier_servers": [SERVER], "inventory": empty})["gone"][0]["server_id"] == "s1"
    undrain = drain_outcome({"state": "undrained", "plan": {"moved": [SERVER]}})
    assert (undrain["outcome"], undrain["live"]) == ("not_undrained", ["s1"])
