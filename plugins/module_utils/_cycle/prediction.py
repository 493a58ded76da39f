# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that predict the migrations of a cycle, and compare the prediction with the migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.evaluation import blockers_of
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import (
    CERTAIN,
    LIVE_MOVE,
    Blocker,
    MoveContext,
    ServerFacts,
)
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.prediction import count
from ansible_collections.stackproof.migration.plugins.module_utils._cycle.outcome import is_refused_by_nova
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes
from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import Port

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The servers of a cycle are ACTIVE and have no task when the role requests their migration.
_SERVER = {"status": "ACTIVE", "task_state": None, "locked": False, "host": None}
# Nova has moved the server. With `disagreement`, a check of the server or of its resources failed afterwards.
_MOVED = frozenset({outcomes.COMPLETED, outcomes.DISAGREEMENT})


def blockers_of_servers(
    flavor: Mapping[str, Any],
    image: Mapping[str, Any],
    vnic_types: Iterable[str],
    context: MoveContext,
    *,
    from_volume: bool,
) -> list[Blocker]:
    """Return the reasons why Nova cannot live-migrate the servers that a cycle will boot.

    ``vnic_types`` are the types of the requested ports.
    """
    ports = [Port(f"ports[{number}]", "ACTIVE", None, vnic_type=kind) for number, kind in enumerate(vnic_types)]
    return blockers_of(ServerFacts(_SERVER, flavor, image, from_volume=from_volume, ports=ports), context, LIVE_MOVE)


def score_migrations(migrations: Iterable[Mapping[str, Any]], blockers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Count how many predictions came true. A migration without a clear end counts as not tried.

    ``blockers`` are the blockers in the result of migration_preflight.
    """
    can_move = not any(blocker["certainty"] == CERTAIN for blocker in blockers)
    return count((str(migration["server_name"]), can_move, _has_moved(migration)) for migration in migrations)


def _has_moved(migration: Mapping[str, Any]) -> bool | None:
    if migration["outcome"] in _MOVED:
        return True
    return False if migration["outcome"] == outcomes.FAILED or is_refused_by_nova(migration) else None
