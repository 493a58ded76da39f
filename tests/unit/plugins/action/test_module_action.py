# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module returns the same result in Ansible's process as in a module process."""

from __future__ import annotations

import dataclasses
import logging
import os
import sys
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from ansible import constants
from ansible.errors import AnsibleActionFail
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report
from ansible_collections.stackproof.migration.plugins.modules import compute_service
from ansible_collections.stackproof.migration.plugins.plugin_utils._action.in_process import ModuleAction
from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import PASSWORD

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud

HERE = {"ansible_python_interpreter": sys.executable}


def action(name: str, args: dict[str, Any], **of_task: Any) -> ModuleAction:
    task = Task()
    task.action = f"stackproof.migration.{name}"
    task.args = args
    for key, value in of_task.items():
        setattr(task, key, value)
    context, loader = PlayContext(), DataLoader()
    return ModuleAction(task, connection_loader.get("local", context), context, loader, Templar(loader), None)


def test_returns_the_same_result_as_the_module_process(run: Run, fake: FakeCloud) -> None:
    ours = action("compute_service", {**fake.params, "host": "compute1", "state": "enabled"}).run(task_vars=HERE)
    theirs = run(compute_service, host="compute1", state="enabled")
    assert ours.pop("failed") is False
    del ours["seconds"], theirs["seconds"]
    # The comparison ignores warnings. In this process a module also returns the warnings of modules that ran earlier.
    theirs.pop("warnings", None)
    assert ours == theirs
    assert PASSWORD not in str(ours)


def test_task_can_run_again(fake: FakeCloud) -> None:
    """With until and retries a task runs several times. Each run must leave the options of the task unchanged."""
    args = {**fake.params, "host": "compute1", "state": "enabled"}
    made = action("compute_service", args)
    made._run_module({**args, "reason": "of this run alone"}, HERE)
    assert made._task.args == args


def test_returns_the_same_failure_as_the_module_process(run: Run, fake: FakeCloud) -> None:
    ours = action("compute_service", {**fake.params, "host": "compute9", "state": "enabled"}).run(task_vars=HERE)
    theirs = run(compute_service, host="compute9", state="enabled", fails=True)
    assert ours["failed"]
    assert (ours["msg"], ours["failure"]) == (theirs["msg"], theirs["failure"])


def test_applies_defaults_and_types_of_the_module(fake: FakeCloud) -> None:
    args = {**fake.params, "host": "compute1", "state": "disabled", "timestamp": "yes"}
    result = action("compute_service", args, check_mode=True).run(task_vars=HERE)
    assert result["service"]["disabled_since"] is not None
    assert fake.count("PUT", "/os-services") == 0


def test_error_for_wrong_options(fake: FakeCloud) -> None:
    with pytest.raises(AnsibleActionFail, match="value of state must be one of"):
        action("compute_service", {**fake.params, "host": "a", "state": "on"}).run(task_vars=HERE)
    with pytest.raises(AnsibleActionFail, match=r"state is present but .* missing: name, image, flavor"):
        action("server_batch", {**fake.params}).run(task_vars=HERE)


def test_error_for_wrong_options_has_no_traceback(fake: FakeCloud) -> None:
    """In ansible-core 2.16 to 2.18, the error contains a result whose traceback is empty."""

    class Older(AnsibleActionFail):
        result: ClassVar[dict[str, object]] = {"exception": "NoneType: None\n"}

    def refuse(**_given: Any) -> None:
        raise Older("wrong")  # type: ignore[no-untyped-call]  # not annotated

    made = action("compute_service", {**fake.params, "host": "a"})
    vars(made)["validate_argument_spec"] = refuse
    with pytest.raises(Older) as raised:
        made.run(task_vars=HERE)
    assert "exception" not in raised.value.result


@pytest.mark.parametrize("setting", [False, True])
def test_returns_options_as_the_module_process_does(
    fake: FakeCloud, monkeypatch: pytest.MonkeyPatch, setting: bool
) -> None:
    """Since ansible-core 2.21 a setting decides whether a module returns its options. Older releases always do."""
    monkeypatch.setattr(constants.config, "get_config_value", lambda _name, variables: setting and bool(variables))
    result = action("compute_service", {**fake.params, "host": "compute1", "state": "enabled"}).run(task_vars=HERE)
    assert ("invocation" in result) == setting


def test_returns_warnings(fake: FakeCloud) -> None:
    fake.services[0] |= {"state": "down"}
    result = action("compute_service", {**fake.params, "host": "compute1", "state": "enabled"}).run(task_vars=HERE)
    assert "is enabled, but down" in result["warnings"][0]


def test_hides_secrets(fake: FakeCloud) -> None:
    fake.services[0] |= {"disabled_reason": f"the password is {PASSWORD}", "status": "disabled"}
    result = action("compute_service", {**fake.params, "host": "compute1", "state": "disabled"}).run(
        # Since ansible-core 2.21 a module returns its options only with this setting. Older releases always return
        # them.
        task_vars={**HERE, "ansible_inject_invocation": True}
    )
    assert result["service"]["disabled_reason"] == "the password is ********"
    # the user name is not a secret
    assert result["invocation"]["module_args"]["auth"]["username"] == "operator"


def test_applies_the_environment_of_the_task(fake: FakeCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OS_REGION_NAME", "elsewhere")
    settings = {f"OS_{name.upper()}": value for name, value in fake.params["auth"].items()}
    before, last_resort, handlers = dict(os.environ), logging.lastResort, list(logging.root.handlers)
    task = action(
        "compute_service",
        {"host": "compute1", "state": "enabled"},
        environment=[settings, {"OS_REGION_NAME": "RegionOne"}],
    )
    assert task.run(task_vars=HERE)["service"]["host"] == "compute1"
    assert dict(os.environ) == before
    assert logging.lastResort is last_resort
    assert logging.root.handlers == handlers


def test_libraries_log_nothing_and_last_resort_handler_stays(
    fake: FakeCloud, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """ansible-core 2.19 and newer warn if logging.lastResort is missing."""
    monkeypatch.setattr(logging.root, "handlers", [])
    last_resorts = []

    def work(*_args: Any, **_options: Any) -> Report:
        logging.getLogger("some.library").warning("a message of a library")
        last_resorts.append(logging.lastResort)
        return Report()

    monkeypatch.setattr(compute_service, "MODULE", dataclasses.replace(compute_service.MODULE, work=work))
    action("compute_service", {**fake.params, "host": "compute1", "state": "enabled"}).run(task_vars=HERE)
    assert last_resorts == [logging.lastResort]
    assert logging.lastResort is not None
    assert "a message of a library" not in capfd.readouterr().err


def test_unexpected_exception_is_a_failure_with_all_keys(fake: FakeCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(*_args: Any, **_options: Any) -> Report:
        raise TypeError("unsupported operand")

    monkeypatch.setattr(compute_service, "MODULE", dataclasses.replace(compute_service.MODULE, work=work))
    result = action("compute_service", {**fake.params, "host": "compute1", "state": "enabled"}).run(task_vars=HERE)
    assert result["failed"]
    assert set(compute_service.MODULE.empty) <= set(result)
    assert result["failure"]["kind"] == "internal"
    assert result["msg"].startswith("Internal error: TypeError: unsupported operand (test_module_action.py, line ")
    assert "raise TypeError" in result["exception"]


@pytest.mark.parametrize(
    ("task_vars", "of_task", "become"),
    [
        ({}, {}, False),
        ({"ansible_python_interpreter": "/usr/bin/python4"}, {}, False),
        (HERE, {"async_val": 60}, False),
        (HERE, {}, True),
    ],
    ids=["interpreter not known", "another interpreter", "async", "another user"],
)
def test_uses_a_module_process_if_the_result_could_differ(
    task_vars: dict[str, Any], of_task: dict[str, Any], become: bool
) -> None:
    made = action("compute_service", {"host": "compute1"}, **of_task)
    vars(made._connection)["become"] = object() if become else None
    ran: list[dict[str, Any]] = []

    def execute(**given: Any) -> dict[str, Any]:
        ran.append(given)
        return {"changed": False}

    vars(made)["_execute_module"] = execute
    assert made.run(task_vars=task_vars) == {"changed": False}
    assert ran[0]["module_name"] == "stackproof.migration.compute_service"
    assert ran[0]["module_args"] == {"host": "compute1"}
