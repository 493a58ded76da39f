# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A write to a volume is lost during a live migration.

The source host writes an old block to the volume after the migration, as a cache that was not flushed does. Nova,
Cinder and the volume report no error. Only the guest sees that a block of its volume is outdated.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

NEEDS = {"hypervisor": ["libvirt"], "volumes": ["nfs"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.virt.libvirt.driver"
# disk.c of the guest has the same numbers.
SECTOR, FIRST_BLOCK, BLOCK = 512, 2048 * 512, 4096
MAGIC = b"STKD"


def patch_module(module: Any) -> None:
    """Keep the first block of each volume at the start of a live migration, and write it at the end."""
    driver = module.LibvirtDriver
    begin, finish = driver.live_migration, driver.post_live_migration
    kept: dict[str, dict[str, bytes]] = {}

    def live_migration(self: Any, context: Any, instance: Any, *args: Any, **kwargs: Any) -> Any:
        paths = [disk.source_path for disk in self._host.get_guest(instance).get_all_disks()]
        kept[instance.uuid] = {path: block for path in paths if path and (block := read_block(path))}
        return begin(self, context, instance, *args, **kwargs)

    def post_live_migration(self: Any, context: Any, instance: Any, *args: Any, **kwargs: Any) -> Any:
        for path, block in kept.pop(instance.uuid, {}).items():
            with Path(path).open("r+b") as volume:
                volume.seek(FIRST_BLOCK)
                volume.write(block)
        return finish(self, context, instance, *args, **kwargs)

    driver.live_migration, driver.post_live_migration = live_migration, post_live_migration


def read_block(path: str) -> bytes | None:
    """Return the first block of a data disk of the guest. Return None for other disks."""
    with Path(path).open("rb") as volume:
        (magic,) = struct.unpack("4s", volume.read(SECTOR)[:4])
        if magic != MAGIC:
            return None
        volume.seek(FIRST_BLOCK)
        return volume.read(BLOCK)
