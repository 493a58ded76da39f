# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server cannot move after its server group was deleted.

This fault for tests inserts the effect of Launchpad bug 1890244 into Nova.
"""

PROGRAMS = ("nova", "nova-conductor")
MODULE = "nova.objects.request_spec"
OLD = """                spec.instance_group = None
                spec.scheduler_hints.pop('group', None)"""
NEW = """                raise"""
