# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.bug_report import MAX_MIGRATIONS, bug_report
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.cycle_bug_report import failed_cycle
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.evidence import build
from ansible_collections.stackproof.migration.tests.browser.evidence import sample
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import cycles
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils._report.test_redaction import (
    SITE,
    rich_cycle,
)

VERSIONS = {"ansible-core": "2.19.0", "openstacksdk": "4.5.0"}


def report_of(cycle: dict[str, Any], **more: Any) -> str:
    evidence = build(cycle, collection="1.0.0", ended="2026-04-01T10:00:12.000+00:00", redact_hosts=True)
    return bug_report(failed_cycle(evidence, **more), versions=VERSIONS)


def section(text: str, heading: str) -> str:
    return text.split(f"# {heading}\n", 1)[1].split("\n#", 1)[0]


def test_lists_versions() -> None:
    versions = section(bug_report(failed_cycle(sample("failed")), versions=VERSIONS), "Versions")
    for row in (
        "| OpenStack release, from the microversions | 2026.2 |",
        "| Compute API microversions | 2.1 to 2.104 |",
        "| ansible-core | 2.19.0 |",
        "| openstacksdk | 4.5.0 |",
        "| stackproof.migration | 1.0.0 |",
    ):
        assert row in versions


def test_has_checks_record_events_and_timeline_of_a_failed_migration() -> None:
    text = bug_report(failed_cycle(sample("failed")), versions=VERSIONS)
    assert "| status | completed | error | **no** |" in section(text, "Expected and found")
    assert "| destination | compute2 | none | not known |" in section(text, "Expected and found")
    assert "| status | error |" in section(text, "Migration record")
    assert "| conductor_live_migrate_instance | controller1 |" in section(text, "Instance action events")
    times = [line.split(" | ")[0] for line in section(text, "Timeline in UTC").splitlines() if line[2:4].isdigit()]
    assert len(times) == 7
    assert times == sorted(times)


def test_has_a_search_for_each_host_and_for_the_controllers() -> None:
    searches = section(bug_report(failed_cycle(sample("failed")), versions=VERSIONS), "Log searches")
    migration = sample("failed")["migrations"][0]
    ids = "|".join(migration[key] for key in ("request_id", "server_id", "migration_id"))
    assert "nova-compute, on compute1 (source):" in searches
    assert "nova-compute, on compute2 (destination):" in searches
    assert "nova-conductor, nova-scheduler and Placement, on the controllers:" in searches
    assert searches.count(f"| grep -E '{ids}'") == 3
    assert (
        f"$ journalctl --utc --since '2026-11-21 10:27:15 UTC' --until '2026-11-21 10:29:40 UTC' | grep -E '{ids}'\n"
        f"$ grep -rhE '{ids}' /var/log/nova /var/log/kolla/nova\n"
    ) in searches


def test_searches_for_the_boot_request_if_no_server_was_migrated() -> None:
    cycle = cycles.not_asked("failed", "boot", "The server is in ERROR.")
    cycle["boot"] = {"request_id": "req-boot", "servers": []}
    text = report_of(cycle)
    assert "grep -E 'req-boot'" in section(text, "Log searches")
    assert "| boot | failed | The server is in ERROR. |" in text


def test_names_the_replay_only_if_it_exists() -> None:
    assert "$ ansible-playbook replay.yml" in report_of(rich_cycle(), replay_file="replay.yml")
    assert "replay" not in report_of(rich_cycle())


@pytest.mark.parametrize("name", SITE)
def test_has_no_name_of_the_site(name: str) -> None:
    assert name.lower() not in report_of(rich_cycle()).lower()


def test_shows_a_few_of_many_failed_migrations() -> None:
    one = cycles.migration(outcome="failed")
    cycle = cycles.failed(one)
    cycle["migrations"] = [{**one, "server_id": f"id-{number}"} for number in range(40)]
    text = report_of(cycle)
    assert text.count("### Migration record") == MAX_MIGRATIONS
    assert text.count("$ journalctl") == 3


def test_text_of_the_cloud_stays_within_its_cell() -> None:
    found = cycles.check("status", "a|b", "<b>\nline two", ok=False)
    assert "| status | a\\|b | &lt;b> line two | **no** |" in report_of(
        cycles.failed(cycles.migration(outcome="failed", checks=[found]))
    )


def test_tables_have_as_many_cells_in_each_row() -> None:
    table: list[int] = []
    for line in report_of(rich_cycle()).splitlines():
        if line.startswith("|"):
            table.append(line.replace("\\|", "").count("|"))
        else:
            assert len(set(table)) <= 1
            table = []
