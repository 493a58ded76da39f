# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A live migration fails while Nova copies the memory of the guest.

With this fault, the migration fails as if the connection between the hosts was broken. Nova rolls back, so the server
stays ACTIVE on the source host.
"""

NEEDS = {"hypervisor": ["fake"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.virt.stackproof_fake"
OLD = "migration.wait(self._migration_seconds(instance))"
NEW = """migration.wait(self._migration_seconds(instance) / 2)
            migration.failure_status = migration.failure_status or "failed"  # unless it was aborted"""
