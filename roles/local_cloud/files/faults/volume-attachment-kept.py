# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cinder does not delete the attachment of the source host after a live migration.

Nova logs the error and completes the migration. Cinder then records one attachment more than Nova.
"""

NEEDS = {"volumes": ["fake", "nfs", "rbd"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.compute.manager"
OLD = """                        # cinder v3.44 api flow - delete the old attachment
                        # for the source host
"""
NEW = """                        raise RuntimeError("inserted by the fault volume-attachment-kept")
"""
