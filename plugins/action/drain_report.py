# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the report of a drained host on the controller."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.drain import build
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.drain_page import html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.files import collection_version
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.junit import junit_of_drain
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.report_action import (
    ReportAction,
    environment_names,
)

if TYPE_CHECKING:
    import datetime as dt

    from ansible_collections.stackproof.migration.plugins.plugin_utils._report.report_action import Files


class ActionModule(ReportAction):
    """The action plugin of the module drain_report."""

    ARGUMENTS = {  # noqa: RUF012  # the base class declares it as a class variable
        "result": {"type": "dict"},
        "cloud": {"type": "str", "default": ""},
        "advice": {
            "type": "str",
            "default": (
                "Set the option directory, or the role input host_drain_report_dir, to another folder."
                " With an empty value, the role writes no report."
            ),
        },
    }
    CONTENT = "result"

    def files_of(self, options: dict[str, Any], ended: dt.datetime) -> Files:
        """Return drain.json, junit.xml and report.html."""
        drain = build(
            options["result"],
            collection=collection_version(),
            ended=ended,
            cloud=options["cloud"],
            redact_hosts=options["redact_hosts"],
            environment=environment_names(),
        )
        return {
            "drain": ("drain.json", json.dumps(drain, indent=2) + "\n"),
            "junit": ("junit.xml", junit_of_drain(drain)),
            "html": ("report.html", html(drain)),
        }
