# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The migration record has the status completed, but the server never moved.

Fault for tests: this file makes Nova report a success for a live migration that did not take place. The server is still
on the source host with the task state migrating. The allocation on the source host is kept. Operators have reported
this on real clouds. A check that reads only the record reports a success.
"""

PROGRAMS = ("nova-compute",)
MODULE = "nova.virt.stackproof_fake"
OLD = "post_method(context, instance, dest, block_migration, migrate_data)"
NEW = """migrate_data.migration.status = "completed"
            migrate_data.migration.save()"""
