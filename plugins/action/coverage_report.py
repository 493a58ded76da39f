# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the report about live migrations between many compute hosts on the controller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.coverage import build
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.coverage_page import html, migration_pages
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.junit import junit_of_coverage
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.report_action import (
    ReportAction,
    advice_of,
    json_text,
)

if TYPE_CHECKING:
    import datetime as dt

    from ansible_collections.stackproof.migration.plugins.plugin_utils._report.report_action import Files


class ActionModule(ReportAction):
    """The action plugin of the module coverage_report."""

    ADVICE = advice_of("migration_coverage")

    def files_of(self, options: dict[str, Any], ended: dt.datetime) -> Files:  # noqa: ARG002  # the result has the time
        report = self.built(build, options)
        return {
            "coverage": ("coverage.json", json_text(report)),
            "junit": ("junit.xml", junit_of_coverage(report)),
            **{name: (name, text) for name, text in migration_pages(report)},
            # The page with the links to the other pages is the last one that is written.
            "html": ("index.html", html(report)),
        }
