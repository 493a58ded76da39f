# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""After a completed live migration the allocation on the source host is not deleted.

The server, its migration record and its host are right. But Placement keeps an allocation on the source host, with the
uuid of the migration as its consumer. Each migration reduces the free capacity, without a visible cause.
"""

PROGRAMS = ("nova-compute",)
MODULE = "nova.compute.manager"
OLD = """self._delete_allocation_after_move(ctxt,
                                               instance,
                                               migrate_data.migration)"""
NEW = "LOG.warning('The allocation of %s is kept: local_cloud_faults', migrate_data.migration.uuid)"
