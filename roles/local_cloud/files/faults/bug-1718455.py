# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scheduler refuses to move a server that was booted together with other servers.

This fault for tests inserts Launchpad bug 1718455 into Nova.
"""

from importlib.metadata import version

PROGRAMS = ("nova-scheduler",)
# Since this version of Nova, the class SchedulerManager does the work of the class FilterScheduler.
SCHEDULER_MANAGER = 24
IS_NEW = int(version("nova").partition(".")[0]) >= SCHEDULER_MANAGER
MODULE = "nova.scheduler.manager" if IS_NEW else "nova.scheduler.filter_scheduler"
OLD = """num_instances = (len(instance_uuids) if instance_uuids
                         else spec_obj.num_instances)"""
NEW = "num_instances = spec_obj.num_instances"
