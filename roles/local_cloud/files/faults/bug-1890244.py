# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server cannot be live-migrated after its server group was deleted.

This fault for tests inserts the effect of Launchpad bug 1890244 into Nova, but for live migrations only: a request spec
without its group must be readable, because Nova reads it for every answer about the server.
"""

from __future__ import annotations

import json
from typing import Any

PROGRAMS = ("nova",)
MODULE = "nova.compute.api"


def patch_module(module: Any) -> None:
    """Read the group that is stored in the request spec, before the migration."""
    migrate = module.API.live_migrate

    def live_migrate(api: Any, context: Any, instance: Any, *args: Any, **options: Any) -> Any:
        specs = module.objects.RequestSpec
        stored = specs._get_by_instance_uuid_from_db(context, instance.uuid)  # noqa: SLF001  # the stored group
        group = json.loads(stored["spec"])["nova_object.data"].get("instance_group")
        if group:
            module.objects.InstanceGroup.get_by_uuid(context, group["nova_object.data"]["uuid"])
        return migrate(api, context, instance, *args, **options)

    module.API.live_migrate = live_migrate
