# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.modules import (
    migration_wait,
    server_cold_migrate,
    server_live_migrate,
)

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.broker import Broker
    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud

SECRET = "correct-horse"


def test_the_result_is_null_without_the_option(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    assert run(server_live_migrate, servers=["probe"])["notifications"] is None


@pytest.mark.parametrize("module", [server_live_migrate, server_cold_migrate])
def test_polls_if_rabbitmq_does_not_answer(run: Run, fake: FakeCloud, module: Any, closed_port: int) -> None:
    fake.add_server("probe")
    if module is server_cold_migrate:
        fake.on_migrate = fake.resize
    polled = run(module, servers=["probe"], host="compute2")
    fake.add_server("other")
    url = f"amqp://user:{SECRET}@127.0.0.1:{closed_port}"
    result = run(module, servers=["other"], host="compute2", notifications={"url": url})
    assert result["migrations"][0]["outcome"] == polled["migrations"][0]["outcome"] == "completed"
    assert len(result["polls"]) == pytest.approx(len(polled["polls"]), abs=2)
    assert result["notifications"]["state"] == "down"
    assert "does not answer: Connection refused" in result["notifications"]["reason"]
    assert "notifications: RabbitMQ at 127.0.0.1" in str(result["warnings"])
    assert SECRET not in str(result)
    assert result["invocation"]["module_args"]["notifications"]["exchange"] == "nova"


def test_wrong_settings_fail_before_a_migration(run: Run, fake: FakeCloud, broker: Broker) -> None:
    fake.add_server("probe")
    for given, kind in (
        ({"url": broker.url, "exchange": "nowa"}, "configuration"),
        ({"url": broker.url.replace("read-only", SECRET)}, "authentication"),
        ({"url": f"http://user:{SECRET}@rabbit"}, "input"),
    ):
        for check_mode in (False, True):
            result = run(
                server_live_migrate, servers=["probe"], fails=True, notifications=given, _ansible_check_mode=check_mode
            )
            assert result["failure"]["kind"] == kind
            assert result["msg"].startswith("notifications: ")
            assert SECRET not in str(result)
    assert fake.count("POST", "/action") == 0


def test_notifications_need_the_wait(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    given = {"url": f"amqp://user:{SECRET}@rabbit"}
    result = run(server_live_migrate, servers=["probe"], fails=True, wait=False, notifications=given)
    assert "notifications needs wait" in result["msg"]
    assert fake.count("POST", "/action") == 0


def test_migration_wait_reports_a_silent_bus(run: Run, fake: FakeCloud, broker: Broker) -> None:
    fake.add_server("probe")
    started = run(server_live_migrate, servers=["probe"], host="compute2", wait=False)
    # The cloud of this test sends no notifications.
    result = run(migration_wait, migrations=started["migrations"], notifications={"url": broker.url})
    assert result["migrations"][0]["outcome"] == "completed"
    assert result["notifications"]["state"] == "silent"
    assert "versioned_notifications" in result["notifications"]["reason"]
    assert result["notifications"]["connections"] == 1
    # The migration ends 5 s after its start. Without a notification, the module polls after 5 s as usual.
    assert fake.time.now < 12


def test_migration_wait_without_an_open_migration_needs_no_connection(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe", host="compute2")
    unchanged = run(server_live_migrate, servers=["probe"], host="compute2")
    given = {"url": f"amqp://user:{SECRET}@no-such-host.invalid"}
    assert run(migration_wait, migrations=unchanged["migrations"], notifications=given)["notifications"] is None
