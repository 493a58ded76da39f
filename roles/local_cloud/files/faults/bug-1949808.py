# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""After the abort of a queued live migration, the server keeps the status MIGRATING.

This fault for tests inserts Launchpad bug 1949808 into Nova.
"""

PROGRAMS = ("nova-compute",)
MODULE = "nova.compute.manager"
OLD = """                instance.task_state = None
                instance.save(expected_task_state=[task_states.MIGRATING])
                self._set_migration_status(migration, 'cancelled')"""
NEW = """                self._set_migration_status(migration, 'cancelled')"""
