# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Run a module of this collection in Ansible's own process, because this saves almost one second.

The module must run on the same machine, as the same user, and in the same Python as Ansible.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import sys
import warnings
from typing import TYPE_CHECKING, Any

from ansible import constants
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase
from ansible_collections.stackproof.migration.plugins.module_utils._api import sdk
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import SDK_MISSING
from ansible_collections.stackproof.migration.plugins.module_utils._module.secrets import (
    mask_options,
    mask_text,
    secrets_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition

MODULES = "ansible_collections.stackproof.migration.plugins.modules"

if not SDK_MISSING:
    sdk.import_config()


class ModuleAction(ActionBase):
    """The base class of the action plugins. A plugin runs the module that has its name."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module and return its result. The module runs in Ansible's process if possible."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        return {**result, **self._run_module(dict(self._task.args), task_vars or {})}

    def _run_module(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        if self._runs_in_process(task_vars):
            return self._run_in_process(args, task_vars)
        result: dict[str, Any] = self._execute_module(
            module_name=self._task.action,
            module_args=args,
            task_vars=task_vars,
            wrap_async=self._task.async_val,
        )
        return result

    def _runs_in_process(self, task_vars: Mapping[str, Any]) -> bool:
        """Return whether the module can run in the process of Ansible.

        The module must use the same machine, user and Python as Ansible.
        """
        interpreter = self._templar.template(task_vars.get("ansible_python_interpreter", ""))
        return bool(
            self._connection.transport == "local"
            and not self._connection.become
            and not self._task.async_val
            and interpreter == sys.executable
        )

    def _run_in_process(self, args: dict[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        module: Definition = importlib.import_module(f"{MODULES}.{self._task.action.rpartition('.')[2]}").MODULE
        task_args, self._task.args = self._task.args, args
        try:
            _result, params = self.validate_argument_spec(argument_spec=module.argument_spec, **module.checks)  # type: ignore[no-untyped-call]  # not annotated
        except AnsibleActionFail as error:
            # Without this line, ansible-core 2.16 to 2.18 would show "NoneType: None" as a traceback.
            error.result.pop("exception", None)
            masked = mask_text(str(error), secrets_in(args))
            if masked != str(error):
                raise AnsibleActionFail(masked) from None
            raise
        finally:
            # Restore the task arguments, because ``until`` can run the task again.
            self._task.args = task_args
        environment: dict[str, str] = {}
        self._compute_environment_string(environment)  # type: ignore[no-untyped-call]  # not annotated
        with _module_environment(environment):
            report = module.run(params, SYSTEM_CLOCK, check_mode=self._task.check_mode)
        result = {**report.values, "failed": report.failed}
        if _returns_invocation(task_vars):
            result["invocation"] = {"module_args": mask_options(params)}
        if report.warnings:
            result["warnings"] = report.warnings
        return result


def _returns_invocation(task_vars: Mapping[str, Any]) -> bool:
    """Return whether Ansible adds the module options to the result (setting INJECT_INVOCATION)."""
    try:
        return bool(constants.config.get_config_value("INJECT_INVOCATION", variables=task_vars))
    except AnsibleError:
        return True


@contextlib.contextmanager
def _module_environment(environment: Mapping[str, str]) -> Iterator[None]:
    """Set the environment of the task, and suppress the logs and warnings of Python libraries.

    Do not change logging.lastResort, because ansible-core 2.19 and newer print a warning about this change.
    """
    before, handler = dict(os.environ), logging.NullHandler()
    os.environ.update({name: str(value) for name, value in environment.items()})
    logging.root.addHandler(handler)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.root.removeHandler(handler)
        os.environ.clear()
        os.environ.update(before)
