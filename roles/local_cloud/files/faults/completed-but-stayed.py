# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The migration record has the status completed, but the server never moved.

This fault tests that a module compares the host of the server with the migration record.
"""

NEEDS = {"hypervisor": ["fake"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.virt.stackproof_fake"
OLD = "post_method(context, instance, dest, block_migration, migrate_data)"
NEW = """migrate_data.migration.status = "completed"
            migrate_data.migration.save()"""
