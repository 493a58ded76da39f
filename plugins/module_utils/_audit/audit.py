# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Find in a whole cloud what earlier migrations left behind. No request changes the cloud."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import text
from ansible_collections.stackproof.migration.plugins.module_utils._audit.findings import confirmed, counts, find_all
from ansible_collections.stackproof.migration.plugins.module_utils._audit.period import start_of
from ansible_collections.stackproof.migration.plugins.module_utils._audit.reader import CloudReader

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import Snapshot

NOTHING: dict[str, Any] = {
    "cloud": None,
    "microversion": None,
    "since": None,
    "findings": [],
    "counts": {},
    "examined": {},
    "not_examined": [],
    "unknown": [],
    "requests": None,
}


@dataclass(frozen=True)
class AuditRequest:
    """The options of the module migration_audit_info."""

    # A time in ISO 8601, or a period such as 7d or 12h.
    since: str = "7d"
    # The audit does not judge what has changed in this number of seconds.
    settle_seconds: float = 60.0
    # A migration record that has not changed for this number of seconds does not end any more.
    stale_seconds: float = 3600.0
    max_parallel: int = 8

    def check(self) -> None:
        """Raise InputError if an option is not valid."""
        if self.settle_seconds < 0:
            raise InputError(f"settle_seconds must be at least 0, found {self.settle_seconds:g}. Set it to 0 or more.")
        if self.stale_seconds < self.settle_seconds:
            raise InputError(
                f"stale_seconds must be at least settle_seconds ({self.settle_seconds:g}), found"
                f" {self.stale_seconds:g}. Set it to a greater number."
            )
        if self.max_parallel < 1:
            raise InputError(f"max_parallel must be at least 1, found {self.max_parallel}. Set it to 1 or more.")


def audit(cloud: Cloud, request: AuditRequest) -> dict[str, Any]:
    """Return the findings of the cloud, what was examined, and what was not.

    The state of the cloud is read once, and the values of each possible finding are read a second time. The result
    contains only findings of both reads.
    """
    offered = cloud.microversions
    reader = CloudReader(
        cloud,
        since=start_of(request.since, cloud.now()),
        settle=timedelta(seconds=request.settle_seconds),
        stale_after=timedelta(seconds=request.stale_seconds),
        max_parallel=request.max_parallel,
    )
    first = reader.with_bindings(reader.read())
    candidates = find_all(first)
    found = confirmed(candidates, find_all(reader.read_again(candidates, first))) if candidates else []
    return {
        "cloud": cloud.location(),
        "microversion": {"min": text(offered.oldest), "max": text(offered.newest)},
        "since": reader.since.isoformat(timespec="seconds"),
        "findings": [finding.as_result() for finding in found],
        "counts": counts(found),
        "examined": examined(first),
        "not_examined": not_examined(first, reader),
        "unknown": reader.unknown,
        "requests": cloud.requests,
    }


def examined(now: Snapshot) -> dict[str, int | None]:
    """Return the number of objects that the audit has read. The number is None if the user may not read them."""

    def number(values: Any) -> int | None:
        return None if values is None else sum(len(own) for own in values.values())

    return {
        "servers": len(now.servers),
        "records": len(now.records),
        "compute_services": None if now.services is None else len(now.services),
        "consumers": None if now.allocations is None else len(now.allocations),
        "ports": number(now.ports),
        "ports_with_bindings": len(now.bindings),
        "attachments": number(now.attachments),
    }


def not_examined(now: Snapshot, reader: CloudReader) -> list[str]:
    """Return sentences about what the audit does not look at, although the user may see it."""
    ports = sum(len(own) for own in (now.ports or {}).values())
    unread = ports - len(now.bindings)
    since = reader.since.isoformat(timespec="seconds")
    older = f"Records of migrations before {since}, except records that are open, that have allocations, or that belong"
    sentences = [f"{older} to a server with a finding."]
    if unread > 0:
        sentences.append(
            f"The bindings of {unread} of {ports} ports. These ports are not DOWN, are bound to the host of their"
            f" server, and their server has no migration record since {since}."
        )
    if reader.unrelated_errors:
        sentences.append(
            f"{reader.unrelated_errors} servers in ERROR without a migration record. No migration has left them."
        )
    return sentences
