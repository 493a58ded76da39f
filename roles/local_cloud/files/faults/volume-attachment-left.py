# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The destination host does not delete its new volume attachments when a live migration fails before the copy.

Use it with volume-connect-fails.
"""

NEEDS = {"volumes": ["fake", "nfs", "rbd"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.compute.manager"
OLD = """                        self.volume_api.attachment_delete(context,
                                                          bdm.attachment_id)
                        bdm.attachment_id = old_attachments[bdm.volume_id]
"""
NEW = """                        bdm.attachment_id = old_attachments[bdm.volume_id]
"""
