# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record says completed, but the server was never switched over.

The disagreement that has been seen in the wild: the server is still on its source, with the task
migrating, and its source's allocation is kept. Who believes the record alone sees a success.
"""

PROGRAMS = ("nova-compute",)
MODULE = "nova.virt.stackproof_fake"
OLD = "post_method(context, instance, dest, block_migration, migrate_data)"
NEW = """migrate_data.migration.status = "completed"
            migrate_data.migration.save()"""
