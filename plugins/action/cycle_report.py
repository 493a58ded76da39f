# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the report of a migration cycle on the controller."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.evidence import build
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.files import (
    foresee,
    point_to,
    prepare,
    version,
    write,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.html import html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.junit import junit

ARGUMENT_SPEC = {
    "directory": {"type": "path", "required": True},
    "cycle": {"type": "dict"},
    "redact_hosts": {"type": "bool", "default": False},
    "advice": {
        "type": "str",
        "default": "Choose another folder: directory, or migration_cycle_report_dir of the role.",
    },
}


class ActionModule(ActionBase):
    """The action behind the module documentation of the same name."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Write the files, or without a cycle see whether they could be written."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _result, options = self.validate_argument_spec(argument_spec=ARGUMENT_SPEC)  # type: ignore[no-untyped-call]  # not annotated
        directory = Path(options["directory"]).expanduser().absolute()
        result["directory"] = str(directory)
        try:
            if self._task.check_mode:
                foresee(directory)
                result["changed"] = options["cycle"] is not None
                return result
            prepare(directory)
            if options["cycle"] is not None:
                result.update(self._write(directory, options["cycle"], redact_hosts=options["redact_hosts"]))
        except OSError as error:
            result["failed"] = True
            result["msg"] = f"The report cannot be written into {directory}: {error.strerror}. {options['advice']}"
        return result

    @staticmethod
    def _write(directory: Path, cycle: dict[str, Any], *, redact_hosts: bool) -> dict[str, Any]:
        ended = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        evidence = build(cycle, collection=version(), ended=ended, redact_hosts=redact_hosts)
        files = {
            "evidence": write(directory, "evidence.json", json.dumps(evidence, indent=2) + "\n"),
            "junit": write(directory, "junit.xml", junit(evidence)),
            "html": write(directory, "report.html", html(evidence)),
        }
        found: dict[str, Any] = {"changed": True, **{name: str(path) for name, path in files.items()}}
        if directory.name == evidence["run_id"]:
            complaint = point_to(directory)
            found |= {"warnings": [complaint]} if complaint else {}
        return found
