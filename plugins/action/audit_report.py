# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the report of an audit on the controller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.audit import build
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.audit_page import html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.junit import junit_of_audit
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.report_action import (
    ReportAction,
    advice_of,
    json_text,
)

if TYPE_CHECKING:
    import datetime as dt

    from ansible_collections.stackproof.migration.plugins.plugin_utils._report.report_action import Files


class ActionModule(ReportAction):
    """The action plugin of the module audit_report."""

    ADVICE = advice_of("migration_audit")

    def files_of(self, options: dict[str, Any], ended: dt.datetime) -> Files:
        audit = self.built(build, options, ended=ended)
        return {
            "audit": ("audit.json", json_text(audit)),
            "junit": ("junit.xml", junit_of_audit(audit)),
            "html": ("report.html", html(audit)),
        }
