# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The allocation on the source host remains after a completed live migration.

This fault tests that a module compares the allocations in Placement.
"""

PROGRAMS = ("nova-compute",)
MODULE = "nova.compute.manager"
OLD = """self._delete_allocation_after_move(ctxt,
                                               instance,
                                               migrate_data.migration)"""
NEW = "LOG.warning('The allocation of %s is kept: local_cloud_faults', migrate_data.migration.uuid)"
