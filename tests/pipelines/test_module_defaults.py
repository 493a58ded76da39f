# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An entry in module_defaults sets the cloud for the modules of this collection and of openstack.cloud."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.stackproof.migration.tests.pipelines.linters import ROOT, run_program
from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud, uuid_of
from pytest_httpserver import HTTPServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Result = dict[str, Any]
OUR_GROUP = "group/stackproof.migration.migration"
THEIR_GROUP = "group/openstack.cloud.openstack"
# Each module requires these arguments before it connects to the cloud.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "allocation_info": {"consumers": [uuid_of(1)]},
    "compute_service": {"host": "compute1", "state": "enabled"},
    "host_drain_info": {"host": "compute1"},
    "migration_action": {"migrations": [{"server_id": uuid_of(1), "migration_id": uuid_of(2)}], "action": "abort"},
    "migration_audit_info": {},
    "migration_audit_repair": {"findings": [], "kinds": ["allocation_orphaned"]},
    "migration_info": {},
    "migration_matrix_info": {},
    "migration_preflight": {},
    "migration_readiness_info": {},
    "migration_scenarios": {"image": "cirros", "flavor": "tiny", "metadata": {"stackproof_run": "probe"}},
    "migration_wait": {"migrations": [{"server_id": uuid_of(1), "migration_id": uuid_of(2)}]},
    "server_batch": {"name": "probe", "image": "cirros", "flavor": "tiny"},
    "server_cold_migrate": {"servers": [uuid_of(1)]},
    "server_console_info": {"servers": [uuid_of(1)]},
    "server_live_migrate": {"servers": [uuid_of(1)]},
}


def modules_with_cloud_options() -> set[str]:
    """Return the names of the modules that have the options of a cloud."""
    found = set()
    for path in (ROOT / "plugins" / "modules").glob("*.py"):
        module = importlib.import_module(f"ansible_collections.stackproof.migration.plugins.modules.{path.stem}")
        documented = yaml.safe_load(module.DOCUMENTATION)
        if "stackproof.migration.cloud" in documented.get("extends_documentation_fragment", []):
            found.add(path.stem)
    return found


def play(defaults: dict[str, Any], tasks: dict[str, dict[str, Any]], folder: Path) -> list[Result]:
    """Run modules with these arguments and return their results.

    The folder contains a clouds.yaml.
    """
    playbook, results = folder / "playbook.yml", folder / "results.json"
    registered = [f"result_{number}" for number in range(len(tasks))]
    steps: list[dict[str, Any]] = [
        {"name": module, module: arguments, "register": name, "ignore_errors": True}
        for name, (module, arguments) in zip(registered, tasks.items(), strict=True)
    ]
    keep = {"dest": str(results), "content": f"{{{{ [{', '.join(registered)}] | to_json }}}}", "mode": "0600"}
    playbook.write_text(
        json.dumps(
            [
                {
                    "name": "Run modules",
                    "hosts": "localhost",
                    "connection": "local",
                    "gather_facts": False,
                    "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
                    "module_defaults": defaults,
                    "tasks": [*steps, {"name": "Save results", "ansible.builtin.copy": keep}],
                }
            ]
        ),
        encoding="utf-8",
    )
    code, output = run_program(
        "ansible-playbook",
        str(playbook),
        home=folder,
        ANSIBLE_COLLECTIONS_PATH=str(ROOT / "playbooks" / "collections"),
        OS_CLIENT_CONFIG_FILE=str(folder / "clouds.yaml"),
    )
    assert code == 0, output
    loaded: list[Result] = json.loads(results.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[FakeCloud]:
    """Yield a fake cloud.

    Its clouds.yaml has two entries. With a single entry, the SDK would use this entry without its name.
    """
    with HTTPServer(threaded=True) as server:
        fake = FakeCloud(server)
        (tmp_path / "clouds.yaml").write_text(
            json.dumps({"clouds": {"berlin": fake.params, "lisbon": {}}}), encoding="utf-8"
        )
        yield fake


def test_group_contains_every_module_with_cloud_options() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert {
        entry for entry in runtime["action_groups"]["migration"] if isinstance(entry, str)
    } == modules_with_cloud_options()


def test_group_sets_cloud_for_each_module(tmp_path: Path) -> None:
    assert set(ARGUMENTS) == modules_with_cloud_options()
    tasks = {f"stackproof.migration.{module}": arguments for module, arguments in ARGUMENTS.items()}
    for module, result in zip(tasks, play({OUR_GROUP: {"cloud": "nowhere"}}, tasks, tmp_path), strict=True):
        assert "nowhere" in result["msg"], module


TASKS: dict[str, dict[str, Any]] = {"stackproof.migration.migration_info": {}, "openstack.cloud.image_info": {}}


def test_group_sets_cloud_for_openstack_cloud(cloud: FakeCloud, tmp_path: Path) -> None:
    ours, theirs = play({OUR_GROUP: {"cloud": "berlin"}}, TASKS, tmp_path)
    assert not ours["failed"], ours["msg"]
    assert not theirs["failed"], theirs["msg"]
    assert [image["name"] for image in theirs["images"]] == ["cirros"]
    assert cloud.count("POST", "auth/tokens") == len(TASKS)


def test_group_of_openstack_cloud_excludes_this_collection(cloud: FakeCloud, tmp_path: Path) -> None:
    ours, theirs = play({THEIR_GROUP: {"cloud": "berlin"}}, TASKS, tmp_path)
    assert ours["failed"]
    assert not theirs["failed"], theirs["msg"]
    assert cloud.count("POST", "auth/tokens") == 1
