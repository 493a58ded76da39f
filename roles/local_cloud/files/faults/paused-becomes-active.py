# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A paused server becomes ACTIVE when it is live-migrated.

This fault tests that the status of a server is compared with its status before the migration.
"""

PROGRAMS = ("nova-compute",)
MODULE = "nova.compute.manager"
OLD = """                instance.host = self.host
                instance.power_state = current_power_state
                instance.task_state = None
                instance.node = node_name"""
NEW = """                instance.host = self.host
                instance.power_state = current_power_state
                instance.vm_state = vm_states.ACTIVE
                instance.task_state = None
                instance.node = node_name"""
