# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the report of a migration cycle on the controller."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.bug_report import bug_report
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.cycle_bug_report import failed_cycle
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.evidence import build
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.files import (
    client_versions,
    collection_version,
    local_cloud_faults,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.html import html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.junit import junit
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.replay import replay
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.report_action import (
    ReportAction,
    environment_names,
)

if TYPE_CHECKING:
    import datetime as dt

    from ansible_collections.stackproof.migration.plugins.plugin_utils._report.report_action import Files

REPLAY = "replay.yml"


class ActionModule(ReportAction):
    """The action plugin of the module cycle_report."""

    CONTENT = "cycle"
    ADVICE = "Set the option directory, or the role input migration_cycle_report_dir, to another folder."

    def files_of(self, options: dict[str, Any], ended: dt.datetime) -> Files:
        made = {"collection": collection_version(), "ended": ended.isoformat(timespec="milliseconds")}
        environment = environment_names()
        evidence = build(options["cycle"], redact_hosts=options["redact_hosts"], environment=environment, **made)
        files = {
            "evidence": ("evidence.json", json.dumps(evidence, indent=2) + "\n"),
            "junit": ("junit.xml", junit(evidence)),
            "html": ("report.html", html(evidence)),
        }
        if evidence["outcome"] != "failed":
            return files
        # Redact the bug report, because users paste it into a public issue tracker.
        return files | bug_files(build(options["cycle"], redact_hosts=True, environment=environment, **made))


def bug_files(evidence: dict[str, Any]) -> Files:
    """Return the bug report of a failed migration cycle, and a playbook that replays the cycle.

    The playbook is missing if a local cloud cannot replay the migration cycle.
    """
    playbook = replay(evidence, faults=local_cloud_faults(), file=REPLAY)
    text = bug_report(failed_cycle(evidence, replay_file=REPLAY if playbook else ""), versions=client_versions())
    files = {"bug_report": ("bug-report.md", text)}
    return files | ({"replay": (REPLAY, playbook)} if playbook else {})
