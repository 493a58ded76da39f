# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that was booted on a forced host cannot leave this host.

Nova then behaves as in Launchpad bug 1845291, but during a live migration.
"""

PROGRAMS = ("nova-conductor",)
MODULE = "nova.conductor.tasks.live_migrate"
OLD = """        request_spec.reset_forced_destinations()

        port_res_req"""
NEW = """        port_res_req"""
