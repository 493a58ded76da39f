# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the readiness report on the controller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.junit import junit_of_readiness
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.readiness import build, csv_text
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.readiness_page import html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.report_action import (
    ReportAction,
    advice_of,
    json_text,
)

if TYPE_CHECKING:
    import datetime as dt

    from ansible_collections.stackproof.migration.plugins.plugin_utils._report.report_action import Files


class ActionModule(ReportAction):
    """The action plugin of the module readiness_report."""

    ADVICE = advice_of("migration_readiness")

    def files_of(self, options: dict[str, Any], ended: dt.datetime) -> Files:
        report = self.built(build, options, ended=ended)
        return {
            "readiness": ("readiness.json", json_text(report)),
            "junit": ("junit.xml", junit_of_readiness(report)),
            "html": ("report.html", html(report)),
            "csv": ("blocked-servers.csv", csv_text(report)),
        }
