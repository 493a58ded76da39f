# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret is in the results, errors or system log of a module, even after a failure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._module import definition
from ansible_collections.stackproof.migration.plugins.modules import (
    allocation_info,
    migration_action,
    migration_info,
    migration_preflight,
    migration_wait,
    server_batch,
    server_live_migrate,
)
from ansible_collections.stackproof.migration.tests.unit.plugins import fake_cloud
from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import PASSWORD, TOKEN

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of texts that modules write to the system log."""
    lines: list[str] = []
    monkeypatch.setattr(
        "ansible.module_utils.basic.AnsibleModule.log",
        lambda _self, msg, log_args=None: lines.append(f"{msg} {log_args}"),
    )
    return lines


@pytest.mark.parametrize("fails", [False, True])
def test_results_and_log_have_no_password_or_token(run: Run, fake: FakeCloud, log: list[str], *, fails: bool) -> None:
    if fails:
        # The service repeats the request in its response.
        body = {"badRequest": {"message": f"bad request with {PASSWORD}"}}
        fake.fault("GET", "flavors", status=400, body=body)
    result = run(migration_preflight, fails=fails)
    shown = f"{result} {log}"
    assert log
    assert PASSWORD not in shown
    assert TOKEN not in shown


def test_results_and_log_have_no_secret_of_the_option_cloud(run: Run, fake: FakeCloud, log: list[str]) -> None:
    inside: dict[str, Any] = {**fake.params, "interface": "public"}
    result = run(migration_preflight, cloud=inside, auth=None, region_name=None)
    assert result["project"]["name"] == "validation"
    assert PASSWORD not in f"{result} {log}"


@pytest.mark.parametrize("shape", ["auth", "cloud", "beside auth"])
def test_options_are_returned_without_secrets(run: Run, fake: FakeCloud, shape: str) -> None:
    """Callbacks get the options of a module in the invocation. -vvv shows these options."""
    auth = fake.params["auth"]
    outside = {"cloud": None, "auth": None, "region_name": None}
    cloud: dict[str, Any] = {"auth": auth, "region_name": "RegionOne"}
    if shape == "beside auth":
        cloud = {**auth, "region_name": "RegionOne", "auth": {"auth_url": auth["auth_url"]}}
    options = {} if shape == "auth" else {**outside, "cloud": cloud}
    result = run(migration_info, servers=["a"], **options, fails=None)
    assert PASSWORD not in str(result)
    assert "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in str(result["invocation"])
    assert "operator" in str(result["invocation"])


def test_weak_password_is_not_masked_in_identifiers(run: Run, fake: FakeCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of hosts contain the password. The module returns these names unchanged."""
    monkeypatch.setattr(fake_cloud, "PASSWORD", "compute")
    fake.add_server("operator-validation", metadata={"stackproof_run": "Default", "note": "compute"})
    params = fake.params
    params["auth"]["password"] = "compute"
    result = run(migration_preflight, **params)
    assert result["user"]["name"] == "operator"
    assert result["usable_hosts"] == ["compute1", "compute2"]
    assert result["orphaned_servers"][0]["name"] == "operator-validation"
    assert result["orphaned_servers"][0]["run_id"] == "Default"


def test_shows_the_name_of_a_cloud(run: Run) -> None:
    result = run(server_batch, cloud="nowhere", auth=None, region_name=None, state="absent", servers=["a"], fails=True)
    assert "Cloud nowhere was not found" in result["msg"]
    assert result["failure"]["kind"] == "configuration"


def test_error_for_an_unknown_cloud_lists_the_known_ones(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = run(migration_preflight, cloud="mycluod", auth=None, region_name=None, fails=True)
    assert "There is no clouds.yaml" in missing["msg"]
    clouds = {"mycloud": {"auth": {"auth_url": "http://127.0.0.1:1", "password": "very secret"}}, "another": {}}
    (tmp_path / "clouds.yaml").write_text(json.dumps({"clouds": clouds}))
    # openstacksdk determines the paths of clouds.yaml while Python imports it.
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
    told = run(migration_preflight, cloud="mycluod", auth=None, region_name=None, fails=True)["msg"]
    assert f"{tmp_path}/clouds.yaml has: another, mycloud. Did you mean mycloud?" in told
    assert "very secret" not in told


@pytest.mark.parametrize(
    ("module", "options"),
    [
        (allocation_info, {"consumers": []}),
        (migration_action, {"migrations": [], "action": "abort"}),
        (migration_info, {}),
        (migration_preflight, {}),
        (migration_wait, {"migrations": []}),
        (server_batch, {"state": "absent"}),
        (server_live_migrate, {"servers": []}),
    ],
)
def test_error_without_the_sdk_names_the_package(
    run: Run, monkeypatch: pytest.MonkeyPatch, module: ModuleType, options: dict[str, Any]
) -> None:
    monkeypatch.setattr(definition, "SDK_MISSING", "openstacksdk is missing")
    assert run(module, **options, fails=True)["msg"] == "openstacksdk is missing"
