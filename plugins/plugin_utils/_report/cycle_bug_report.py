# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Return the values of the bug report about a failed migration cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report import headlines
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.bug_report import (
    FailedRun,
    Search,
    cloud_versions,
    table,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.migrations import value_text
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.troubleshooting import failed_migrations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Evidence = Mapping[str, Any]
    Cells = Sequence[str]


def failed_cycle(evidence: Evidence, *, replay_file: str = "") -> FailedRun:
    """Return the values for the bug report about a failed migration cycle.

    If ``evidence`` is redacted, the bug report is redacted. The playbook ``replay_file`` repeats the migration cycle.
    """
    migrations = failed_migrations(evidence)
    requests = list(_requests(evidence))
    cloud = evidence.get("cloud") or {}
    versions = cloud_versions(cloud.get("microversion"), cloud.get("release"), evidence.get("collection"))
    return FailedRun(
        title=headlines.title(str(evidence["outcome"]), str(evidence.get("failed_step") or "")),
        reason=str(evidence.get("reason") or ""),
        role="migration_cycle",
        inputs=evidence.get("inputs") or {},
        started=evidence.get("started"),
        ended=evidence.get("ended"),
        versions=versions | {"Hypervisor type": str(cloud.get("hypervisor_type") or "not known")},
        migrations=migrations,
        requests=requests,
        sections={
            "Steps of the run": table(("Step", "Outcome", "Reason"), _steps_of_run(evidence)),
            "Control experiment with a single server": _control(evidence),
            "Compute hosts": _hosts(evidence),
        },
        # Without a failed migration, search the logs for the ids of all requests.
        searches=() if migrations else tuple(Search("", (request_id,)) for _what, request_id in requests),
        replay_file=replay_file,
    )


def _steps_of_run(evidence: Evidence) -> Iterator[Cells]:
    for step in evidence.get("steps") or []:
        yield str(step["name"]), str(step["outcome"]), str(step["reason"])


def _control(evidence: Evidence) -> str:
    control = evidence.get("control") or {}
    migration = control.get("migration") or {}
    return str(migration.get("message") or control.get("reason") or "")


def _hosts(evidence: Evidence) -> str:
    hosts = evidence.get("hosts") or {}
    head = ("Host", "State", "Status", "Usable", "Obstacle", "Hypervisor")
    tables = (
        (when, table(head, map(_host, hosts.get(key) or [])))
        for when, key in (("Before the migration:", "before"), ("After the migration:", "after"))
    )
    return "\n\n".join(f"{when}\n\n{text}" for when, text in tables if text)


def _host(host: Mapping[str, Any]) -> Cells:
    hypervisor = " ".join(value_text(host[key]) for key in ("hypervisor_type", "hypervisor_version") if host.get(key))
    values = (value_text(host.get(key)) for key in ("name", "state", "status", "usable", "obstacle"))
    return (*values, hypervisor or "not known")


def _requests(evidence: Evidence) -> Iterator[Cells]:
    for request in evidence.get("requests") or []:
        yield str(request["what"]), str(request["request_id"])
