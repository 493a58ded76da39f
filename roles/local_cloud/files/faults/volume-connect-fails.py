# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The destination host cannot connect the volumes of a server during a live migration.

Nova rolls back, so the server stays ACTIVE on the source host. The fault does not change servers without volumes.
"""

NEEDS = {"volumes": ["fake", "nfs", "rbd"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.compute.manager"
OLD = """                migrate_data = self.driver.pre_live_migration(
"""
NEW = """                if block_device_info["block_device_mapping"]:
                    raise exception.InternalError("inserted by the fault volume-connect-fails")
                migrate_data = self.driver.pre_live_migration(
"""
