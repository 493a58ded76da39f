# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the report of an audit on the controller."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.audit import build
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.audit_page import html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.files import collection_version
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.junit import junit_of_audit
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.report_action import (
    ReportAction,
    environment_names,
)

if TYPE_CHECKING:
    import datetime as dt

    from ansible_collections.stackproof.migration.plugins.plugin_utils._report.report_action import Files


class ActionModule(ReportAction):
    """The action plugin of the module audit_report."""

    CONTENT = "result"
    ADVICE = (
        "Set the option directory, or the role input migration_audit_report_dir, to another folder."
        " With an empty value, the role writes no report."
    )

    def files_of(self, options: dict[str, Any], ended: dt.datetime) -> Files:
        audit = build(
            options["result"],
            collection=collection_version(),
            ended=ended,
            redact_hosts=options["redact_hosts"],
            name_sources=[environment_names()],
        )
        return {
            "audit": ("audit.json", json.dumps(audit, indent=2) + "\n"),
            "junit": ("junit.xml", junit_of_audit(audit)),
            "html": ("report.html", html(audit)),
        }
