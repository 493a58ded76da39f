# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cause of a migration that stays in the status accepted, and the warning while the module waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._migration.messages import message_of
from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import (
    Ending,
    MigrationPlan,
    Observation,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.not_taken import cause_of, warning_of
from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import MonitorOptions
from ansible_collections.stackproof.migration.plugins.modules import migration_wait, server_live_migrate

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud

PLAN = MigrationPlan("id-1", "web-1", source="compute1")
NOT_TAKEN = (
    "No nova-compute has taken the request. Check that nova-compute runs on compute1. If it has another release than"
    " nova-conductor, see the option compute in the section [upgrade_levels] of nova.conf."
)


def warnings_in(result: dict[str, Any]) -> list[str]:
    """Return the texts. Ansible 2.19 and newer returns a warning as an object."""
    found = result.get("warnings") or []
    return [one if isinstance(one, str) else one["event"]["msg"] for one in found]


def event(name: str, finish: str | None, host: str | None = None) -> dict[str, Any]:
    return {"event": name, "start": "2026-01-01T00:00:00", "finish": finish, "host": host, "result": None}


@pytest.mark.parametrize(
    ("events", "cause"),
    [
        ([], NOT_TAKEN),
        ([event("conductor_live_migrate_instance", "later")], NOT_TAKEN),
        # The destination answered its check, so the request was sent to the source host.
        (
            [
                event("conductor_live_migrate_instance", "later"),
                event("compute_check_can_live_migrate_destination", "later", "compute2"),
            ],
            NOT_TAKEN,
        ),
        (
            [
                event("conductor_live_migrate_instance", None),
                event("compute_check_can_live_migrate_destination", None, "compute2"),
            ],
            (
                "nova-compute on compute2 has not finished compute_check_can_live_migrate_destination. See the log of"
                " nova-compute on compute2."
            ),
        ),
        (
            [event("compute_check_can_live_migrate_destination", None)],
            (
                "nova-compute on the destination host has not finished compute_check_can_live_migrate_destination. See"
                " the log of nova-compute on the destination host."
            ),
        ),
        (
            [event("conductor_live_migrate_instance", None)],
            (
                "nova-conductor has not sent the request to the source host, because it waits for an answer of"
                " nova-scheduler or of nova-compute on the destination host. See the log of nova-conductor for req-1."
            ),
        ),
    ],
)
def test_cause(events: list[dict[str, Any]], cause: str) -> None:
    assert cause_of(PLAN, Observation({"status": "accepted"}), events, "req-1") == cause


def test_cause_names_the_host_of_the_record_if_the_plan_has_none() -> None:
    plan = MigrationPlan("id-1", "web-1")
    assert "runs on compute7." in cause_of(plan, Observation({"source": "compute7"}), [], None)
    assert "runs on the source host." in cause_of(plan, Observation(), [], None)


@pytest.mark.parametrize(
    ("others", "text"),
    [
        (0, "web-1: the migration record has had the status accepted for 60 s. Why."),
        (3, "web-1 and 3 more from the same host: the migration records have had the status accepted for 60 s. Why."),
    ],
)
def test_warning(others: int, text: str) -> None:
    assert warning_of("web-1", others, 60.0, "Why.") == text


UPGRADE_LEVELS = "Set the option compute = auto in the section [upgrade_levels]"
NO_DATABASES = "check that compute hosts have no sections [database] and [api_database]"


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("Endpoint does not support RPC version 6.5. Attempted method: live_migration", UPGRADE_LEVELS),
        ("This service is older (v72) than the minimum (v74) version", "Upgrade this service."),
        (
            "The instance requires a newer hypervisor version than has been provided.",
            "The hypervisor of compute2 is older than the hypervisor of the source host.",
        ),
        ("Timed out waiting for a reply to message ID 1", NO_DATABASES),
        # One advice only: the timeout is a result of the other cause.
        (
            "MessagingTimeout: Requested message version, 6.5 is incompatible.",
            UPGRADE_LEVELS,
        ),
        ("No space left on device", None),
    ],
)
def test_failed_migration_has_at_most_one_advice_about_releases(reason: str, advice: str | None) -> None:
    record = {"status": "error", "source": "compute1", "destination": "compute2"}
    ending = Ending(PLAN, Observation(record), [], "failed", "req-1", [], reason)
    message = message_of(ending, MonitorOptions(timeout=900))
    found = [
        text
        for text in (UPGRADE_LEVELS, "Upgrade this service.", "is older than the hyp", NO_DATABASES)
        if text in message
    ]
    assert len(found) == (advice is not None)
    assert advice is None or advice in message


STARTED = event("compute_live_migration", "later", "compute1")


@pytest.mark.parametrize(
    ("events", "is_named"),
    [
        ([STARTED], True),
        ([STARTED, event("compute_pre_live_migration", "later", "compute2")], False),
        # The source has not started, so the destination cannot have received a request.
        ([event("compute_check_can_live_migrate_destination", "later", "compute2")], False),
        # The user may not see events.
        ([], False),
    ],
)
def test_names_a_destination_that_has_not_received_the_request(events: list[dict[str, Any]], *, is_named: bool) -> None:
    record = {"status": "error", "source": "compute1", "destination": "compute2"}
    message = message_of(Ending(PLAN, Observation(record), [], "failed", "req-1", events), MonitorOptions(timeout=900))
    text = "Nova gives no reason, and the destination has not started compute_pre_live_migration. A service of Nova did"
    assert (text in message) is is_named
    assert (NO_DATABASES in message) is is_named
    assert ("Nova gives no reason: see the logs of nova-compute on compute1 and compute2" in message) is not is_named


def test_warns_once_while_it_waits(run: Run, fake: FakeCloud, tmp_path: Path) -> None:
    fake.add_server("probe")
    fake.on_migrate = lambda server, record: fake.hang(server, record, "accepted")
    progress = tmp_path / "progress"
    result = run(
        server_live_migrate, servers=["probe"], timeout=100, settle_timeout=6, progress_file=str(progress), fails=True
    )
    warning = f"probe: the migration record has had the status accepted for 60 s. {NOT_TAKEN}"
    assert warnings_in(result) == [warning]
    lines = progress.read_text().splitlines()
    position = lines.index(f"WARNING: {warning}")
    assert lines.count(lines[position]) == 1
    assert lines[position - 1].startswith("0 of 1 done")
    # The outcome at the deadline names the same cause.
    assert result["msg"].endswith(f"timeout=100 s. Nova refuses an abort in status accepted. {NOT_TAKEN}")


def test_one_warning_for_all_migrations_from_a_host(run: Run, fake: FakeCloud) -> None:
    for name in ("a", "b", "c"):
        fake.add_server(name)
    fake.on_migrate = lambda server, record: fake.hang(server, record, "accepted")
    result = run(
        server_live_migrate, servers=["a", "b", "c"], timeout=30, settle_timeout=1, warn_accepted_after=10, fails=True
    )
    (warning,) = warnings_in(result)
    assert warning.startswith(
        "a and 2 more from the same host: the migration records have had the status accepted for 10 s."
    )


@pytest.mark.parametrize(("status", "seconds"), [("accepted", 0), ("queued", 10), ("running", 10)])
def test_does_not_warn_about_other_statuses_or_if_switched_off(
    run: Run, fake: FakeCloud, status: str, seconds: float
) -> None:
    fake.add_server("probe")
    fake.on_migrate = lambda server, record: fake.hang(server, record, status)
    result = run(server_live_migrate, servers=["probe"], timeout=30, warn_accepted_after=seconds, fails=True)
    assert warnings_in(result) == []


def test_migration_that_starts_late_is_no_failure(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")

    def start_late(server: dict[str, Any], record: dict[str, Any]) -> None:
        fake.at(20, lambda: fake.succeed(server, record, seconds=5))

    fake.on_migrate = start_late
    result = run(server_live_migrate, servers=["probe"], timeout=60, warn_accepted_after=10)
    assert result["migrations"][0]["outcome"] == "completed"
    assert len(warnings_in(result)) == 1


def test_wait_module_warns_too(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.on_migrate = lambda server, record: fake.hang(server, record, "accepted")
    started = run(server_live_migrate, servers=["probe"], wait=False)
    result = run(migration_wait, migrations=started["migrations"], timeout=70, settle_timeout=1, fails=True)
    assert "status accepted for 60 s" in warnings_in(result)[0]


def test_refuses_a_negative_time(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    result = run(server_live_migrate, servers=["probe"], warn_accepted_after=-1, fails=True)
    assert "warn_accepted_after must be at least 0, found -1.0" in result["msg"]
