# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""After a completed live migration the allocation on the source host is not deleted.

This fault tests that the modules find the allocation. The server and its migration record do not show it.
"""

PROGRAMS = ("nova-compute",)
MODULE = "nova.compute.manager"
OLD = """self._delete_allocation_after_move(ctxt,
                                               instance,
                                               migrate_data.migration)"""
NEW = "LOG.warning('The allocation of %s is kept: local_cloud_faults', migrate_data.migration.uuid)"
