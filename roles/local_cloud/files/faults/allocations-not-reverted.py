# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""After an aborted or reverted migration, the allocations of the server do not return to the source host.

This fault tests that the allocations in Placement are compared after a migration that did not complete.
"""

from __future__ import annotations

from typing import Any

PROGRAMS = ("nova-compute",)
MODULE = "nova.compute.manager"


def patch_module(module: Any) -> None:
    """Leave the allocations of the source host with the migration."""

    def keep(_manager: Any, _context: Any, instance: Any, migration: Any) -> bool:
        module.LOG.warning("Kept by local_cloud_faults: allocations of %s", migration.uuid, instance=instance)
        return True

    module.ComputeManager._revert_allocation = keep  # noqa: SLF001  # the fault changes this method
