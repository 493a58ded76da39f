# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the report about migration tests on many clouds."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.plugins.action import ActionBase
from ansible_collections.stackproof.migration.plugins.plugin_utils._report import clouds as clouds_results
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.clouds_page import html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.files import (
    collection_version,
    prepare_folder,
    update_latest_link,
    write_file,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.junit import junit_of_clouds

if TYPE_CHECKING:
    from collections.abc import Mapping

ARGUMENT_SPEC = {
    "directory": {"type": "path", "required": True},
    "names": {"type": "list", "elements": "str", "required": True},
    "run_id": {"type": "str"},
    "started": {"type": "str"},
    "targets": {"type": "list", "elements": "dict"},
}
TOGETHER = [("run_id", "started", "targets")]


class ActionModule(ActionBase):
    """The action plugin of the module clouds_report."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Write the report about many clouds.

        Without ``targets``, only create the folder of the report.
        """
        result: dict[str, Any] = super().run(tmp, task_vars)
        _result, options = self.validate_argument_spec(  # type: ignore[no-untyped-call]  # not annotated
            argument_spec=ARGUMENT_SPEC, required_together=TOGETHER
        )
        now = dt.datetime.now(dt.UTC)
        run_id = options["run_id"] or f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        directory = Path(options["directory"].replace("{run_id}", run_id)).expanduser().absolute()
        starts = options["targets"] is None
        result |= {
            "changed": not starts,
            "directory": str(directory),
            "directories": {name: str(directory / clouds_results.folder_of(name)) for name in options["names"]},
            "run_id": run_id,
            "started": options["started"] or now.isoformat(timespec="milliseconds"),
        }
        if self._task.check_mode and starts:
            return result
        try:
            if starts:
                prepare_folder(directory)
            else:
                result |= self._write(directory, options, now)
        except OSError as error:
            result["failed"] = True
            problem = f"The report on all targets cannot be written into {directory}: {error.strerror}."
            action = "Set the option directory, or the playbook input regression_report_dir, to another folder."
            result["msg"] = f"{problem} {action}"
        return result

    def _write(self, directory: Path, options: Mapping[str, Any], now: dt.datetime) -> dict[str, Any]:
        targets = [_with_evidence(target, directory) for target in options["targets"]]
        clouds = clouds_results.build(
            targets,
            names=options["names"],
            run_id=options["run_id"],
            started=options["started"],
            ended=now.isoformat(timespec="milliseconds"),
            collection=collection_version(),
        )
        found: dict[str, Any] = {
            "clouds": clouds,
            "summary": clouds_results.summary_lines(clouds),
            "failures": clouds_results.failure_messages(clouds),
            "warnings": [target["overwritten"] for target in targets if "overwritten" in target],
        }
        if self._task.check_mode:
            return found
        prepare_folder(directory)
        files = {
            "json": write_file(directory, "clouds.json", json.dumps(clouds, indent=2) + "\n"),
            "junit": write_file(directory, "clouds.xml", junit_of_clouds(clouds)),
            "html": write_file(directory, "clouds.html", html(clouds)),
        }
        warning = update_latest_link(directory) if directory.name == clouds["run_id"] else None
        found["warnings"] += [warning] if warning else []
        found["summary"].append(f"report        {files['html']}")
        return {**found, **{name: str(path) for name, path in files.items()}}


def _with_evidence(target: Mapping[str, Any], directory: Path) -> dict[str, Any]:
    """Add the evidence and the relative path of the report to the result of one target."""
    result = target.get("result") or {}
    if not result.get("report"):
        return dict(target)
    folder = Path(result["report"])
    try:
        evidence = json.loads((folder / "evidence.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return dict(target)
    if evidence["run_id"] != result["run_id"]:
        return {
            **target,
            "overwritten": f"The report of {target['name']} is lost, because another target wrote its report into"
            f" {folder}."
            " Remove migration_cycle_report_dir, or add {run_id} to its value.",
        }
    return {**target, "evidence": evidence, "report": os.path.relpath(folder / "report.html", directory)}
