# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cold migration to a named host goes to another host.

This fault for tests inserts the effect of Launchpad bug 1815153 into Nova: the requested destination is lost.
"""

PROGRAMS = ("nova",)
MODULE = "nova.compute.api"
OLD = """            request_spec.requested_destination = objects.Destination(
                host=node.host, node=node.hypervisor_hostname,
                allow_cross_cell_move=allow_cross_cell_resize)"""
# With few hosts, the scheduler could choose the named host by chance.
NEW = """            request_spec.requested_destination = objects.Destination(
                allow_cross_cell_move=allow_cross_cell_resize)
            request_spec.ignore_hosts = [*request_spec.ignore_hosts, node.host]"""
