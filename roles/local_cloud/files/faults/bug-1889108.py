# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The source host deletes its own volume attachments when a live migration fails before the copy.

This fault for tests inserts Launchpad bug 1889108 into Nova. Use it with volume-connect-fails.
"""

NEEDS = {"volumes": ["fake", "nfs", "rbd"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.compute.manager"
OLD = """                if (bdm.attachment_id and original_bdm.attachment_id and
                    bdm.attachment_id != original_bdm.attachment_id):
"""
NEW = """                if bdm.attachment_id and original_bdm.attachment_id:
"""
