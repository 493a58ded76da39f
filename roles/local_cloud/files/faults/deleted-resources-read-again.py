# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A live migration reads the flavor and the image of the server again, and fails if one of them was deleted.

This fault tests that a server can move after the deletion of its flavor or image.
"""

from __future__ import annotations

import importlib
from typing import Any

PROGRAMS = ("nova-conductor",)
MODULE = "nova.conductor.tasks.live_migrate"


def patch_module(module: Any) -> None:
    """Read the flavor from the database and the image from Glance before the migration."""
    execute = module.LiveMigrationTask._execute  # noqa: SLF001  # the fault changes this method

    def read_and_execute(self: Any) -> Any:
        module.objects.Flavor.get_by_flavor_id(self.context.elevated(), self.instance.flavor.flavorid)
        if self.instance.image_ref:
            importlib.import_module("nova.image.glance").API().get(self.context, self.instance.image_ref)
        return execute(self)

    module.LiveMigrationTask._execute = read_and_execute  # noqa: SLF001  # the fault changes this method
