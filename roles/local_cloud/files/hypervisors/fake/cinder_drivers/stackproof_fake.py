# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A volume driver for compute hosts that run no guests.

Cinder records volumes, snapshots and attachments as with any other driver. The volumes have no data.
"""

from typing import Any

from cinder import exception, interface
from cinder.volume import driver


@interface.volumedriver
class RecordingVolumeDriver(driver.VolumeDriver):
    """Every operation succeeds at once, except the upload of a volume as an image."""

    VERSION = "1.0.0"

    def do_setup(self, context: Any) -> None:
        """Do nothing, because no storage is needed."""

    def check_for_setup_error(self) -> None:
        """Do nothing, because no storage is needed."""

    def get_volume_stats(self, refresh: bool = False) -> dict[str, Any]:
        """Return a storage without a limit."""
        del refresh
        return {
            "volume_backend_name": self.configuration.safe_get("volume_backend_name"),
            "vendor_name": "stackproof",
            "driver_version": self.VERSION,
            "storage_protocol": "fake",
            "total_capacity_gb": "infinite",
            "free_capacity_gb": "infinite",
            "reserved_percentage": 0,
        }

    def create_volume(self, volume: Any) -> None:
        """Create nothing, because this driver stores no data."""

    def create_volume_from_snapshot(self, volume: Any, snapshot: Any) -> None:
        """Create nothing, because this driver stores no data."""

    def create_cloned_volume(self, volume: Any, src_vref: Any) -> None:
        """Create nothing, because this driver stores no data."""

    def clone_image(
        self, context: Any, volume: Any, image_location: Any, image_meta: Any, image_service: Any
    ) -> tuple[dict[str, Any], bool]:
        """Report that the storage has cloned the image, so that Cinder does not download it."""
        del context, volume, image_location, image_meta, image_service
        return {}, True

    def copy_volume_to_image(self, context: Any, volume: Any, image_service: Any, image_meta: Any) -> None:
        """Refuse the upload, because the volume has no data."""
        del context, image_service, image_meta
        raise exception.VolumeDriverException(message=f"Volume {volume.id} has no data: local_cloud_volumes=fake")

    def extend_volume(self, volume: Any, new_size: int) -> None:
        """Do nothing. Cinder records the size."""

    def delete_volume(self, volume: Any) -> None:
        """Do nothing. Cinder deletes the record."""

    def create_snapshot(self, snapshot: Any) -> None:
        """Do nothing. Cinder has already recorded the snapshot."""

    def delete_snapshot(self, snapshot: Any) -> None:
        """Do nothing. Cinder deletes the record."""

    def ensure_export(self, context: Any, volume: Any) -> None:
        """Do nothing, because no host reads the volume."""

    def create_export(self, context: Any, volume: Any, connector: Any) -> None:
        """Do nothing, because no host reads the volume."""

    def remove_export(self, context: Any, volume: Any) -> None:
        """Do nothing, because no host reads the volume."""

    def initialize_connection(self, volume: Any, connector: dict[str, Any]) -> dict[str, Any]:
        """Return the connection of a host."""
        return {"driver_volume_type": "fake", "data": {"volume_id": volume.id, "host": connector["host"]}}

    def terminate_connection(self, volume: Any, connector: Any, **kwargs: Any) -> None:
        """Do nothing, because no host reads the volume."""
