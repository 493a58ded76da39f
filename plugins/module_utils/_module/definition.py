# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""The class that defines and runs a module of this collection."""

from __future__ import annotations

import gc
import sys
import traceback
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.stackproof.migration.plugins.module_utils._api.answers import plain
from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError, InternalError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock, Stopwatch
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import cloud_arguments
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report
from ansible_collections.stackproof.migration.plugins.module_utils._module.secrets import (
    mask_options,
    mask_result,
    secrets_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# The error message if openstacksdk is not installed, or None if it is installed.
SDK_MISSING: str | None = (
    None
    if find_spec("openstack")
    else f"{missing_required_lib('openstacksdk')}"
    f" Install openstacksdk with the command: {sys.executable} -m pip install 'openstacksdk>=4.5'."
    " If the Python that runs Ansible has openstacksdk, set ansible_python_interpreter to"
    " {{ ansible_playbook_python }} instead."
)


@dataclass(frozen=True)
class Definition:
    """The options of a module, the function that does the work, and the default results."""

    arguments: Mapping[str, Any]
    work: Callable[..., Report]
    empty: Mapping[str, Any]
    # Other arguments of the class AnsibleModule, such as required_if.
    checks: Mapping[str, Any] = field(default_factory=dict)

    @property
    def argument_spec(self) -> dict[str, Any]:
        return {**cloud_arguments(), **self.arguments}

    def run(self, params: Mapping[str, Any], clock: Clock, *, check_mode: bool) -> Report:
        """Run the module, and return its report without secrets. A failed module returns the same keys."""
        if SDK_MISSING:
            return Report({"msg": SDK_MISSING}, failed=True)
        stopwatch = Stopwatch(clock)
        try:
            report = self.work(params, clock, check_mode=check_mode)
        except CloudError as error:
            report = Report.failure(error.failure, {"changed": False, **self.empty})
        except Exception as error:  # noqa: BLE001  # the result has all keys and the traceback
            report = Report.failure(_internal_error(error).failure, {"changed": False, **self.empty})
            report.values["exception"] = traceback.format_exc()
        report.values["seconds"] = stopwatch.seconds
        secrets = secrets_in(params)
        values = mask_result(plain(report.values), secrets)
        return Report(values, report.failed, mask_result({"warnings": report.warnings}, secrets)["warnings"])

    def main(self, clock: Clock) -> None:
        """Run the module. Read the options, do the work, and exit."""
        module = AnsibleModule(argument_spec=self.argument_spec, supports_check_mode=True, **self.checks)
        report = self.run(module.params, clock, check_mode=module.check_mode)
        # Ansible would also mask host names that contain a password, so this module masks the secrets itself.
        module.params = mask_options(module.params)
        module.no_log_values = set()
        for warning in report.warnings:
            module.warn(warning)
        # The call of gc.freeze() makes the exit of the module a tenth of a second faster.
        gc.freeze()
        if report.failed:
            module.fail_json(**report.values)
        module.exit_json(**report.values)


def _internal_error(error: Exception) -> InternalError:
    """Return an error for an unexpected exception. The message contains the last response of the cloud."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    answer = Cloud.last_answer
    where = (
        ""
        if answer is None
        else (
            f" The last answer came from the {answer.service} service: {answer.method} {answer.url}, HTTP"
            f" {answer.http_status}, request id {answer.request_id}."
        )
    )
    return InternalError(
        f"Internal error: {type(error).__name__}: {error} ({frame.filename.rpartition('/')[2]}, line {frame.lineno})."
        f"{where} Report this as a bug, with the traceback in the key exception of the result.",
        service=None if answer is None else answer.service,
        http_status=None if answer is None else answer.http_status,
        request_id=None if answer is None else answer.request_id,
    )
