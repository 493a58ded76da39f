# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the report of a drained host on the controller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.bug_report import bug_report
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.drain import build, has_failed
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.drain_bug_report import failed_drain
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.drain_page import html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.files import (
    client_versions,
    collection_version,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.junit import junit_of_drain
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.report_action import (
    ReportAction,
    advice_of,
    environment_names,
    json_text,
)

if TYPE_CHECKING:
    import datetime as dt

    from ansible_collections.stackproof.migration.plugins.plugin_utils._report.report_action import Files


class ActionModule(ReportAction):
    """The action plugin of the module drain_report."""

    ADVICE = advice_of("host_drain")
    ARGUMENTS = {  # noqa: RUF012  # the base class declares it as a class variable
        "cloud": {"type": "str", "default": ""},
        "name_sources": {"type": "list", "elements": "raw", "default": []},
    }

    def files_of(self, options: dict[str, Any], ended: dt.datetime) -> Files:
        drain = _report(options, ended, redact_hosts=options["redact_hosts"])
        files = {
            "drain": ("drain.json", json_text(drain)),
            "junit": ("junit.xml", junit_of_drain(drain)),
            "html": ("report.html", html(drain)),
        }
        if not has_failed(drain):
            return files
        # Redact the bug report, because users paste it into a public issue tracker.
        run = failed_drain(_report(options, ended, redact_hosts=True))
        return files | {"bug_report": ("bug-report.md", bug_report(run, versions=client_versions()))}


def _report(options: dict[str, Any], ended: dt.datetime, *, redact_hosts: bool) -> dict[str, Any]:
    return build(
        options["result"],
        collection=collection_version(),
        ended=ended,
        cloud=options["cloud"],
        redact_hosts=redact_hosts,
        name_sources=[environment_names(), *options["name_sources"]],
    )
