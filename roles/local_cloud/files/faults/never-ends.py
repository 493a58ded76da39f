# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The copy of a live migration never ends.

Fault for tests: this file makes a live migration run without end. On a real host this happens if a guest changes its
memory faster than the memory is copied. A check can still abort the migration or force it to complete after its
timeout.
"""

PROGRAMS = ("nova-compute",)
MODULE = "nova.virt.stackproof_fake"
OLD = "migration.wait(self._migration_seconds(instance))"
NEW = "migration.wait(threading.TIMEOUT_MAX)"
