# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nova's libvirt driver for hosts that share the files of their volumes.

libvirt refuses a live migration without a copy of the disks if the disks are not on a network file system. All hosts of
this cloud run on one machine and use the same files, so libvirt finds a local file system.
"""

import libvirt
from nova.virt.libvirt import driver


class SharedVolumesDriver(driver.LibvirtDriver):
    """The libvirt driver without libvirt's check of the file system.

    The migration is safe: the hosts have the same kernel, so they have the same cache of the files.
    """

    def _parse_migration_flags(self) -> None:
        super()._parse_migration_flags()
        self._live_migration_flags |= libvirt.VIR_MIGRATE_UNSAFE
        self._block_migration_flags |= libvirt.VIR_MIGRATE_UNSAFE
