# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cold migration to a named host limits all later moves of the server to this host.

This fault for tests inserts Launchpad bug 1797580 into Nova: the requested destination is stored and read again.
"""

from __future__ import annotations

from typing import Any

PROGRAMS = ("nova", "nova-conductor")
MODULE = "nova.objects.request_spec"
OLD = """for excluded in ('retry', 'requested_destination',
                             'requested_resources', 'ignore_hosts'):"""
NEW = "for excluded in ('retry', 'requested_resources', 'ignore_hosts'):"


def patch_module(module: Any) -> None:
    """Let a request spec have the requested destination that is stored in the database."""
    read = module.RequestSpec._from_db_object  # noqa: SLF001  # the fault changes this method

    def from_db_object(context: Any, spec: Any, db_spec: Any) -> Any:
        found = read(context, spec, db_spec)
        stored = module.RequestSpec.obj_from_primitive(module.jsonutils.loads(db_spec["spec"]))
        if "requested_destination" in stored and stored.requested_destination:
            found.requested_destination = stored.requested_destination
        return found

    module.RequestSpec._from_db_object = staticmethod(from_db_object)  # noqa: SLF001  # the fault changes this method
