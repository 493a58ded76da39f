# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the report of a migration cycle on the controller."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.evidence import build
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.files import version
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.html import html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.junit import junit
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.report_action import (
    ReportAction,
    environment_names,
)

if TYPE_CHECKING:
    import datetime as dt

    from ansible_collections.stackproof.migration.plugins.plugin_utils._report.report_action import Files


class ActionModule(ReportAction):
    """The action behind the module documentation of the same name."""

    ARGUMENT_SPEC = {  # noqa: RUF012  # the base class declares it as a class variable
        "directory": {"type": "path", "required": True},
        "cycle": {"type": "dict"},
        "redact_hosts": {"type": "bool", "default": False},
        "advice": {
            "type": "str",
            "default": "Choose another folder: directory, or migration_cycle_report_dir of the role.",
        },
    }
    CONTENT = "cycle"

    def files_of(self, options: dict[str, Any], ended: dt.datetime) -> Files:
        """Return evidence.json, junit.xml and report.html."""
        evidence = build(
            options["cycle"],
            collection=version(),
            ended=ended.isoformat(timespec="milliseconds"),
            redact_hosts=options["redact_hosts"],
            environment=environment_names(),
        )
        return {
            "evidence": ("evidence.json", json.dumps(evidence, indent=2) + "\n"),
            "junit": ("junit.xml", junit(evidence)),
            "html": ("report.html", html(evidence)),
        }
