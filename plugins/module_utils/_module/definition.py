# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""What all modules share: options, secrets, and how a run becomes a result."""

from __future__ import annotations

import gc
import sys
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock, Stopwatch
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import cloud_arguments
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report
from ansible_collections.stackproof.migration.plugins.module_utils._module.secrets import forget_open_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# What main() says when the SDK is not there; None when it is.
SDK_MISSING: str | None = (
    None
    if find_spec("openstack")
    else f"{missing_required_lib('openstacksdk')}"
    f" To install it there: {sys.executable} -m pip install 'openstacksdk>=4.5'."
    " Where the Python that runs Ansible has it, set ansible_python_interpreter to {{ ansible_playbook_python }}."
)


@dataclass(frozen=True)
class Definition:
    """A module: its options beside those that all share, its work, and what it returns when it did not come to that.

    The work is run by Ansible's module process, or where that is the same thing by Ansible itself; see ModuleAction.
    """

    arguments: Mapping[str, Any]
    work: Callable[..., Report]
    empty: Mapping[str, Any]
    # More that is checked about the options, as AnsibleModule takes it
    checks: Mapping[str, Any] = field(default_factory=dict)

    @property
    def argument_spec(self) -> dict[str, Any]:
        return {**cloud_arguments(), **self.arguments}

    def run(self, params: Mapping[str, Any], clock: Clock, *, check_mode: bool) -> Report:
        """One run. An error on the way returns the same keys as success."""
        if SDK_MISSING:
            return Report({"msg": SDK_MISSING}, failed=True)
        watch = Stopwatch(clock)
        try:
            report = self.work(params, clock, check_mode=check_mode)
        except CloudError as error:
            report = Report.failure(error.failure, {"changed": False, **self.empty})
        report.values["seconds"] = watch.seconds
        return report

    def main(self, clock: Clock) -> None:
        """Parse, run, exit."""
        module = AnsibleModule(argument_spec=self.argument_spec, supports_check_mode=True, **self.checks)
        forget_open_values(module)
        report = self.run(module.params, clock, check_mode=module.check_mode)
        for warning in report.warnings:
            module.warn(warning)
        # Nothing that was imported needs to be taken apart again: that would take a tenth of a second.
        gc.freeze()
        if report.failed:
            module.fail_json(**report.values)
        module.exit_json(**report.values)
