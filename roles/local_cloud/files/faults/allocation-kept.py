# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""After a completed live migration the allocation on the source host is not deleted.

Fault for tests: this file makes Nova keep an allocation on the source host. The consumer of the allocation is the uuid
of the migration. The server, its migration record and its host are right. Therefore each migration reduces the free
capacity of the source host without a visible cause.
"""

PROGRAMS = ("nova-compute",)
MODULE = "nova.compute.manager"
OLD = """self._delete_allocation_after_move(ctxt,
                                               instance,
                                               migrate_data.migration)"""
NEW = "LOG.warning('The allocation of %s is kept: local_cloud_faults', migrate_data.migration.uuid)"
