# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""After a confirmed cold migration or resize, the allocations on the source host remain.

This fault tests that the allocations in Placement are compared after a confirmation.
"""

from __future__ import annotations

from typing import Any

PROGRAMS = ("nova-compute",)
MODULE = "nova.compute.manager"


def patch_module(module: Any) -> None:
    """Delete the allocations of live migrations only."""
    delete = module.ComputeManager._delete_allocation_after_move  # noqa: SLF001  # the fault changes this method

    def delete_after_live_migration(manager: Any, context: Any, instance: Any, migration: Any) -> None:
        if migration.migration_type == "live-migration":
            delete(manager, context, instance, migration)
        else:
            module.LOG.warning("Kept by local_cloud_faults: allocations of %s", migration.uuid, instance=instance)

    module.ComputeManager._delete_allocation_after_move = delete_after_live_migration  # noqa: SLF001  # the fault changes this method
