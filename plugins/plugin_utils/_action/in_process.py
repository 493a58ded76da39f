# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Run a module of this collection in Ansible's own process, where that is the same thing as a process of its own.

A module's process costs the better part of a second of CPU: to pack the module, to start Python, to unpack and compile
it, and to import the SDK. On the machine of Ansible, as its user, in its Python, none of that is needed: Ansible runs
each task in a process that it has forked, and what is imported here is imported once, before the fork.
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
from ansible.module_utils.common.parameters import remove_values
from ansible.plugins.action import ActionBase
from ansible_collections.stackproof.migration.plugins.module_utils._api import sdk
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import SDK_MISSING
from ansible_collections.stackproof.migration.plugins.module_utils._module.secrets import secrets_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition

MODULES = "ansible_collections.stackproof.migration.plugins.modules"

if not SDK_MISSING:
    sdk.import_config()


class ModuleAction(ActionBase):
    """The action behind a module of the same name."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module, here or as any other."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        return {**result, **self._run_module(dict(self._task.args), task_vars or {})}

    def _run_module(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        if self._is_here(task_vars):
            return self._run_here(args, task_vars)
        ran: dict[str, Any] = self._execute_module(
            module_name=self._task.action,
            module_args=args,
            task_vars=task_vars,
            wrap_async=self._task.async_val,
        )
        return ran

    def _is_here(self, task_vars: Mapping[str, Any]) -> bool:
        """Whether a process of the module's own would be the same user's, on this machine, in this Python."""
        interpreter = self._templar.template(task_vars.get("ansible_python_interpreter", ""))
        return bool(
            self._connection.transport == "local"
            and not self._connection.become
            and not self._task.async_val
            and interpreter == sys.executable
        )

    def _run_here(self, args: dict[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        module: Definition = importlib.import_module(f"{MODULES}.{self._task.action.rpartition('.')[2]}").MODULE
        given, self._task.args = self._task.args, args
        try:
            _result, params = self.validate_argument_spec(argument_spec=module.argument_spec, **module.checks)  # type: ignore[no-untyped-call]  # not annotated
        except AnsibleActionFail as error:
            # ansible-core 2.16 to 2.18 add "NoneType: None" as a traceback, and display it
            error.result.pop("exception", None)
            raise
        finally:
            # the same task may be run again (until, retries)
            self._task.args = given
        environment: dict[str, str] = {}
        self._compute_environment_string(environment)  # type: ignore[no-untyped-call]  # not annotated
        with _surroundings(environment):
            report = module.run(params, SYSTEM_CLOCK, check_mode=self._task.check_mode)
        told = {**report.values, "failed": report.failed}
        if _returns_invocation(task_vars):
            told["invocation"] = {"module_args": params}
        if report.warnings:
            told["warnings"] = report.warnings
        result: dict[str, Any] = remove_values(told, secrets_in(params))
        return result


def _returns_invocation(task_vars: Mapping[str, Any]) -> bool:
    """Whether a module's own process returns its options; since ansible-core 2.21 a setting decides."""
    try:
        return bool(constants.config.get_config_value("INJECT_INVOCATION", variables=task_vars))
    except AnsibleError:
        return True


@contextlib.contextmanager
def _surroundings(environment: Mapping[str, str]) -> Iterator[None]:
    """As in a process of the module's own: with the task's environment, and nobody hears what libraries mutter."""
    before, last_resort = dict(os.environ), logging.lastResort
    os.environ.update({name: str(value) for name, value in environment.items()})
    logging.lastResort = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.lastResort = last_resort
        os.environ.clear()
        os.environ.update(before)
