# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""To move one server, the scheduler requires as many hosts as servers were booted together with it.

Fault for tests: this file inserts Launchpad bug 1718455 into a fixed Nova. With this bug, a server that was booted
together with others cannot be live-migrated. Nova reports "There are not enough hosts available". This bug is the
reason for this project.
"""

PROGRAMS = ("nova-scheduler",)
MODULE = "nova.scheduler.manager"
OLD = """num_instances = (len(instance_uuids) if instance_uuids
                         else spec_obj.num_instances)"""
NEW = "num_instances = spec_obj.num_instances"
