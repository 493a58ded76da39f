# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Pure functions that combine the findings of the audit."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._audit import (
    allocation_findings,
    server_findings,
    volume_and_port_findings,
)
from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import CERTAIN, KINDS, LIKELY, NO

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import Finding, Snapshot

_BY_BLOCKS = (CERTAIN, LIKELY, NO)


def find_all(now: Snapshot) -> list[Finding]:
    """Return the findings of all kinds, with the findings that block a migration first."""
    found = [
        *server_findings.find(now),
        *allocation_findings.find(now),
        *volume_and_port_findings.find(now),
    ]
    return sorted(found, key=_order)


def confirmed(first: Iterable[Finding], second: Iterable[Finding]) -> list[Finding]:
    """Return the findings of the second read that the first read also contained.

    A migration can change the cloud between the requests of one read. A finding in two reads is not such a change.
    """
    before = {finding.key for finding in first}
    return [finding for finding in second if finding.key in before]


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """Return the number of findings by kind, for the kinds with findings."""
    numbers = Counter(finding.kind for finding in findings)
    return {kind: numbers[kind] for kind in KINDS if numbers[kind]}


def _order(finding: Finding) -> tuple[int, int, str, str, str]:
    return (
        _BY_BLOCKS.index(finding.blocks),
        KINDS.index(finding.kind),
        str(finding.host),
        str(finding.server_name),
        finding.subject,
    )
