# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.modules import compute_service

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud


def puts(fake: FakeCloud) -> int:
    return fake.count("PUT", "/os-services/")


def test_disables_with_reason_once(run: Run, fake: FakeCloud) -> None:
    result = run(compute_service, host="compute1", state="disabled", reason="new memory")
    assert result["changed"]
    assert result["before"]["status"] == "enabled"
    assert result["service"]["status"] == "disabled"
    assert result["service"]["disabled_reason"] == "new memory"
    assert result["diff"] == {"before": "compute1 enabled\n", "after": "compute1 disabled (new memory)\n"}
    assert not run(compute_service, host="compute1", state="disabled", reason="new memory")["changed"]
    # a task without a reason keeps the present reason
    assert not run(compute_service, host="compute1", state="disabled")["changed"]
    assert puts(fake) == 1


def test_second_run_keeps_timestamp(run: Run, fake: FakeCloud) -> None:
    first = run(compute_service, host="compute1", state="disabled", reason="new memory", timestamp=True)["service"]
    assert first["disabled_reason"] == f"new memory [since {first['disabled_since']}]"
    again = run(compute_service, host="compute1", state="disabled", reason="other", timestamp=True)
    assert not again["changed"]
    assert again["service"] == first
    assert puts(fake) == 1


def test_timestamp_shows_that_service_was_disabled_before(run: Run, fake: FakeCloud) -> None:
    fake.services[0] |= {"status": "disabled", "disabled_reason": "fan"}
    service = run(compute_service, host="compute1", state="disabled", reason="new memory", timestamp=True)["service"]
    assert service["disabled_before"]
    assert service["disabled_reason"].startswith("fan [since ")


def test_enables(run: Run, fake: FakeCloud) -> None:
    fake.services[0] |= {"status": "disabled", "disabled_reason": "fan"}
    result = run(compute_service, host="compute1", state="enabled")
    assert result["changed"]
    assert result["service"]["disabled_reason"] is None
    assert not run(compute_service, host="compute1", state="enabled")["changed"]


def test_warns_of_enabled_service_that_is_down(run: Run, fake: FakeCloud) -> None:
    fake.services[0] |= {"state": "down"}
    assert "is enabled, but down" in str(run(compute_service, host="compute1", state="enabled")["warnings"])
    fake.services[0] |= {"state": "up", "forced_down": True}
    assert "is enabled, but forced down" in str(run(compute_service, host="compute1", state="enabled")["warnings"])


def test_check_mode_predicts_service(run: Run, fake: FakeCloud) -> None:
    result = run(
        compute_service, host="compute1", state="disabled", reason="x", timestamp=True, _ansible_check_mode=True
    )
    assert result["changed"]
    assert result["service"]["status"] == "disabled"
    assert result["service"]["disabled_since"] is not None
    assert puts(fake) == 0


def test_unknown_host_lists_known_hosts(run: Run) -> None:
    result = run(compute_service, host="compute9", state="disabled", fails=True)
    assert result["msg"] == "host: there is no compute host compute9. There are: compute1, compute2."
    assert "host must not be empty" in run(compute_service, host="", state="disabled", fails=True)["msg"]


def test_message_for_users_without_permission(run: Run, fake: FakeCloud) -> None:
    fake.roles = ["member"]
    result = run(compute_service, host="compute1", state="disabled", fails=True)
    assert result["failure"]["kind"] == "permission"
    assert "admin" in result["msg"]


def test_message_for_a_cloud_that_is_too_old(run: Run, fake: FakeCloud) -> None:
    fake.newest = "2.52"
    assert "2.53 is required" in run(compute_service, host="compute1", state="disabled", fails=True)["msg"]


def test_refuses_service_whose_cell_does_not_answer(run: Run, fake: FakeCloud) -> None:
    fake.services[0] = {"binary": "nova-compute", "host": "compute1", "status": "UNKNOWN"}
    result = run(compute_service, host="compute1", state="disabled", fails=True)
    assert result["msg"].startswith("The cell of compute1 does not answer, so its compute service cannot be changed.")
    assert puts(fake) == 0
