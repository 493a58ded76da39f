# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policies of docs/permissions.md in the local cloud.

The tests check what the role of the page may do, and what it may not do.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openstack
import pytest
import yaml
from ansible_collections.stackproof.migration.tests.docs import commands
from ansible_collections.stackproof.migration.tests.docs.commands import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openstack.connection import Connection

pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")

PAGE = "docs/permissions.md"
ROLE = "migration_tester"
SERVICES = ("nova", "placement")
# No resource has this id.
NOBODY = "00000000-0000-4000-8000-000000000000"
FORBIDDEN = 403
UP_SECONDS = 30
# The file of each service must contain at least this number of policies.
MANY = 5


def cloud_folder() -> Path:
    return Path(os.environ["CLOUDS_YAML"]).parent


def policy_of(service: str) -> str:
    """Return the policy file of a service from the page."""
    name = f"# {service}-policy.yaml"
    (found,) = [one for one in commands.all_blocks() if one.page == PAGE and one.lines[:1] == (name,)]
    return "\n".join(found.lines) + "\n"


def connect(cloud: str, clouds_yaml: Path) -> Connection:
    config = openstack.config.OpenStackConfig(config_files=[str(clouds_yaml)], load_envvars=False)
    return openstack.connection.Connection(config=config.get_one(cloud))


def restart(cloud: Connection) -> None:
    """Restart Nova and Placement, and wait until both respond.

    Both services read their policies when they start.
    """
    folder = cloud_folder()
    tool = [f"{folder}/venv/bin/supervisorctl", "-c", f"{folder}/etc/supervisord.conf", "restart", *SERVICES]
    subprocess.run(tool, check=True, capture_output=True)
    deadline = time.monotonic() + UP_SECONDS
    for adapter in (cloud.compute, cloud.placement):
        while adapter.get("/", raise_exc=False, connect_retries=UP_SECONDS).status_code >= 500:
            assert time.monotonic() < deadline, "a service did not respond after its restart"
            time.sleep(0.5)


@pytest.fixture(scope="module")
def tester(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield a clouds.yaml of a user who has only the roles of the page.

    The policies of the page are active.
    """
    given = yaml.safe_load(Path(os.environ["CLOUDS_YAML"]).read_text(encoding="utf-8"))["clouds"]
    cloud, entry = connect("local", Path(os.environ["CLOUDS_YAML"])), dict(given["local-member"])
    identity: Any = cloud.identity
    password = secrets.token_hex()
    files = {cloud_folder() / "etc" / service / "policy.yaml": policy_of(service) for service in SERVICES}
    project = identity.find_project(entry["auth"]["project_name"])
    user = identity.create_user(name="docs-tester", password=password, default_project_id=project.id)
    role = identity.create_role(name=ROLE)
    try:
        for one in (role, identity.find_role("member")):
            identity.assign_project_role_to_user(project, user, one)
        for path, text in files.items():
            path.write_text(text, encoding="utf-8")
        restart(cloud)
        entry["auth"] = entry["auth"] | {"username": user.name, "password": password}
        clouds_yaml = tmp_path_factory.mktemp("tester") / "clouds.yaml"
        clouds_yaml.touch(mode=0o600)
        clouds_yaml.write_text(yaml.safe_dump({"clouds": {"tester": entry}}), encoding="utf-8")
        yield clouds_yaml
    finally:
        for path in files:
            path.unlink(missing_ok=True)
        restart(cloud)
        identity.delete_user(user)
        identity.delete_role(role)


@pytest.mark.parametrize("service", SERVICES)
def test_policies_exist_in_service(service: str) -> None:
    tool = [f"{cloud_folder()}/venv/bin/oslopolicy-sample-generator", "--namespace", service]
    sample = subprocess.run(tool, capture_output=True, text=True, check=True).stdout
    named = re.findall(r'^"([^"]+:[^"]+)": ', policy_of(service), re.MULTILINE)
    assert len(named) >= MANY
    assert [name for name in named if f'"{name}": ' not in sample] == []


def test_tester_passes_every_check(tester: Path, tmp_path: Path) -> None:
    report = tmp_path / "report"
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("ansible-playbook")),
            "playbooks/regression.yml",
            "-e",
            json.dumps({"migration_cycle_report_dir": str(report), "migration_cycle_target": "other"}),
        ],
        cwd=ROOT,
        env={**os.environ, "OS_CLOUD": "tester", "OS_CLIENT_CONFIG_FILE": str(tester)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}{done.stderr[-1000:]}"
    evidence = json.loads((report / "evidence.json").read_text(encoding="utf-8"))
    (migration,) = evidence["migrations"]
    assert migration["expected_host"], "the tester could not name the target"
    assert [check for check in migration["checks"] if check["ok"] is not True] == []


def test_tester_may_not_access_other_projects(tester: Path) -> None:
    cloud = connect("tester", tester)
    looks = {
        "all migrations": cloud.compute.get("/os-migrations", microversion="2.80"),
        "all servers": cloud.compute.get("/servers/detail?all_tenants=1", microversion="2.80"),
        "a service": cloud.compute.put(f"/os-services/{NOBODY}", json={"status": "disabled"}, microversion="2.53"),
        "an allocation": cloud.placement.delete(f"/allocations/{NOBODY}", microversion="1.28"),
    }
    assert {what: answer.status_code for what, answer in looks.items()} == dict.fromkeys(looks, FORBIDDEN)
