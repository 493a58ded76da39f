# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Live migrations ignore the server group of the server.

This fault tests that members of a group keep their rule.
"""

from __future__ import annotations

from typing import Any

PROGRAMS = ("nova-conductor",)
MODULE = "nova.conductor.tasks.live_migrate"


def patch_module(module: Any) -> None:
    """Remove the group from the request spec that the conductor sends to the scheduler."""
    task = module.LiveMigrationTask
    build = task._get_request_spec_for_select_destinations  # noqa: SLF001  # the fault changes this method

    def without_group(self: Any, attempted_hosts: Any = None) -> Any:
        request_spec = build(self, attempted_hosts)
        request_spec.instance_group = None
        return request_spec

    task._get_request_spec_for_select_destinations = without_group  # noqa: SLF001  # the fault changes this method
