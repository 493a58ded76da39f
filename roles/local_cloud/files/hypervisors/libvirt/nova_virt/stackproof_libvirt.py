# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nova's libvirt driver for the hosts of a local cloud.

libvirt refuses a live migration without a copy of the disks if the disks are not on a network file system. All hosts of
this cloud run on one machine and use the same files, so libvirt finds a local file system.
"""

from typing import Any

import libvirt
from nova.virt.libvirt import driver, vif


class UnmanagedTaps(vif.LibvirtGenericVIFDriver):
    """Nova's driver for the cards of guests. libvirt uses the taps that Nova has created.

    Without ``managed='no'`` in the element ``target``, libvirt creates the tap itself and refuses a tap that exists.
    Nova 29 and older do not set this attribute.
    """

    def get_config_tap(self, *arguments: Any) -> Any:
        config = super().get_config_tap(*arguments)
        if hasattr(config, "managed"):
            return config
        format_dom = config.format_dom

        def format_unmanaged() -> Any:
            element = format_dom()
            element.find("target").set("managed", "no")
            return element

        config.format_dom = format_unmanaged
        return config


class UnmanagedTapsDriver(driver.LibvirtDriver):
    """The libvirt driver that leaves the taps of guests to Nova, also in old releases of Nova."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.vif_driver = UnmanagedTaps(self._host)


class SharedVolumesDriver(UnmanagedTapsDriver):
    """The same driver without libvirt's check of the file system.

    The migration is safe: the hosts have the same kernel, so they have the same cache of the files.
    """

    def _parse_migration_flags(self) -> None:
        super()._parse_migration_flags()
        self._live_migration_flags |= libvirt.VIR_MIGRATE_UNSAFE
        self._block_migration_flags |= libvirt.VIR_MIGRATE_UNSAFE
