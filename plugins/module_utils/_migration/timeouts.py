# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: how long each phase of a migration may take, and whose time runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import (
        MigrationPlan,
        Observation,
    )

# Nova creates the record within a second of the request; much later means that the request got lost.
APPEARANCE_SECONDS = 30.0


class Monitored(Protocol):
    """What has a plan, and was observed."""

    plan: MigrationPlan
    observation: Observation


M = TypeVar("M", bound=Monitored)


def queued_behind_ours(under_way: Sequence[M]) -> list[M]:
    """Those whose time does not run: they wait in Nova's queue while Nova moves others of ours off the same host."""
    busy = {
        migration.plan.source_identity
        for migration in under_way
        if migration.observation.record is not None and not migration.observation.is_queued
    }
    return [
        migration
        for migration in under_way
        if migration.observation.is_queued and migration.plan.source_identity in busy
    ]
