# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime as dt
from typing import Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.bug_report import bug_report
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.drain import build
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.drain_bug_report import failed_drain
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import cycles, drain_results

ENDED = dt.datetime(2026, 4, 1, 10, 0, 42, 500000, tzinfo=dt.UTC)


def text_of(result: dict[str, Any]) -> str:
    run = failed_drain(build(result, collection="1.0.0", ended=ENDED))
    return bug_report(run, versions={"openstacksdk": "4.5.0"})


def section(text: str, heading: str) -> str:
    return text.split(f"# {heading}\n", 1)[1].split("\n#", 1)[0]


def test_has_versions_inputs_and_expectation() -> None:
    text = text_of(drain_results.not_drained())
    assert text.startswith("# compute1 is not drained\n")
    assert "| OpenStack release, from the microversions | 2026.2 |" in section(text, "Versions")
    assert "| openstacksdk | 4.5.0 |" in section(text, "Versions")
    assert "host_drain_host: compute1\nhost_drain_state: drained\nhost_drain_cold: yes\n" in text
    assert "compute1 has no server, and Placement holds no allocation on compute1." in section(text, "Expected")
    assert "are on compute1 again" in section(text_of(drain_results.not_undrained()), "Expected")


def test_has_record_checks_and_reasons_of_failed_migrations_only() -> None:
    text = text_of(drain_results.not_drained())
    assert text.count("### Migration record") == 1
    assert "## Migration of probe-2: compute1 to compute2, failed" in text
    remaining = section(text, "Servers and allocations that remain")
    assert "| probe-3 |" in remaining
    assert "| allocation | none | none | Placement holds 1 VCPU for 75636e77 |" in remaining
    assert "| migrate probe-1 | req-1 |\n| migrate probe-2 | req-2 |" in section(text, "Request ids")


def test_has_a_search_for_each_host_with_the_ids_of_what_remains() -> None:
    searches = section(text_of(drain_results.not_drained()), "Log searches")
    second, third = (cycles.server(number, "x")["id"] for number in (2, 3))
    source = searches.split("nova-compute, on compute1 (source):", 1)[1].split("nova-", 1)[0]
    for id_ in ("req-2", second, third, "75636e77"):
        assert id_ in source
    destination = searches.split("nova-compute, on compute2 (destination):", 1)[1].split("nova-api", 1)[0]
    assert third not in destination
    assert "--since '2026-04-01 09:59:00 UTC' --until '2026-04-01 10:01:42 UTC'" in searches
    assert "req-1" not in searches


def test_remaining_servers_of_an_undrain_are_not_searched_on_the_host() -> None:
    searches = section(text_of(drain_results.not_undrained()), "Log searches")
    second = cycles.server(2, "x")["id"]
    assert [place for place in searches.strip().split("\n\n") if place.startswith("nova-")] == [
        "nova-compute, on compute2 (source):",
        "nova-compute, on compute2 (destination):",
        "nova-api, nova-conductor, nova-scheduler and Placement, on the controllers:",
    ]
    assert searches.split("on the controllers:", 1)[1].count(second) == 2


def test_stopped_run_without_an_inventory() -> None:
    text = text_of(drain_results.not_drained() | {"microversion": None, "service": {}, "outcome": "error"})
    assert "| Compute API microversions | not known |" in text
    assert "Compute service after the run" not in text
