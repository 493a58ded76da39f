# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hypervisor driver of Nova for tests, which runs no guests.

Unlike Nova's own fake driver, this driver keeps its servers after a restart, and its migrations take time.

The metadata item ``stackproof_fake_migration_seconds`` of a server sets the duration of its migrations.
"""

from __future__ import annotations

import io
import json
import threading
from pathlib import Path
from typing import Any

import nova.conf
from nova import exception
from nova.compute import power_state, task_states, vm_states
from nova.image import glance
from nova.scheduler.client import report
from nova.virt import fake
from oslo_concurrency import processutils
from oslo_config import cfg
from oslo_log import log as logging

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)
METADATA_SECONDS = "stackproof_fake_migration_seconds"

CONF.register_opts(
    [
        cfg.FloatOpt(
            "migration_seconds",
            default=3.0,
            min=0.0,
            help="Duration of a live migration in seconds.",
        ),
    ],
    group="stackproof_fake",
)


def _no_allocations(*_: Any) -> dict[str, Any]:
    return {}


# When 200 servers boot on one host, this line saves 40 000 requests to Placement.
report.SchedulerReportClient.get_allocations_for_provider_tree = _no_allocations


class _Migration:
    """An open live migration."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        # Nova writes this status to the migration record if the migration was aborted or failed.
        self.failure_status: str | None = None

    def wait(self, seconds: float) -> None:
        self._ended.wait(seconds)

    def force(self) -> None:
        self._ended.set()

    def abort(self) -> None:
        self._end_with_status("cancelled")

    def fail(self) -> None:
        self._end_with_status("failed")

    def _end_with_status(self, status: str) -> None:
        self.failure_status = status
        self._ended.set()


# Up to Zed, the class FakeDriver names its node after the host. Since 2023.1, another class does.
_BASE: Any = getattr(fake, "FakeDriverWithoutFakeNodes", fake.FakeDriver)


class RestartableFakeDriver(_BASE):
    """A hypervisor driver that simulates guests. The node has the name of the compute host."""

    def __init__(self, virtapi: Any, read_only: bool = False) -> None:
        super().__init__(virtapi, read_only)
        self._sizes: dict[str, dict[str, int]] = {}
        self._live_migrations: dict[str, _Migration] = {}
        self._guests_lock = threading.Lock()

    # The driver stores its servers in a file, because nova-compute may restart.

    @property
    def _guests_file(self) -> Path:
        return Path(CONF.state_path, "guests.json")

    def init_host(self, host: str) -> None:
        super().init_host(host)
        if not self._guests_file.exists():
            return
        guests = json.loads(self._guests_file.read_text(encoding="utf-8"))
        for uuid, guest in guests.items():
            self.instances[uuid] = fake.FakeInstance(guest["name"], guest["state"], uuid)
            self._sizes[uuid] = guest["size"]
            self.resources.claim(**guest["size"])
        LOG.info("%d guests continue after a restart", len(guests))

    def _write_guests(self) -> None:
        with self._guests_lock:
            guests = {
                uuid: {"name": guest.name, "state": guest.state, "size": self._sizes[uuid]}
                for uuid, guest in list(self.instances.items())
            }
            fresh = self._guests_file.with_suffix(".new")
            fresh.write_text(json.dumps(guests), encoding="utf-8")
            fresh.replace(self._guests_file)

    def _set_state(self, instance: Any, state: int) -> None:
        self.instances[instance.uuid].state = state
        self._write_guests()

    def spawn(self, context: Any, instance: Any, *args: Any, **kwargs: Any) -> None:
        flavor = instance.flavor
        self._sizes[instance.uuid] = {"vcpus": flavor.vcpus, "mem": flavor.memory_mb, "disk": flavor.root_gb}
        super().spawn(context, instance, *args, **kwargs)
        if instance.vm_state == vm_states.PAUSED:
            self.instances[instance.uuid].state = power_state.PAUSED
        self._write_guests()

    def destroy(self, context: Any, instance: Any, *args: Any, **kwargs: Any) -> None:
        super().destroy(context, instance, *args, **kwargs)
        self._write_guests()
        # If a user deletes a server during a live migration, the migration must fail, as it does with libvirt.
        if migration := self._live_migrations.get(instance.uuid):
            migration.fail()

    def power_off(self, instance: Any, *args: Any, **kwargs: Any) -> None:
        super().power_off(instance, *args, **kwargs)
        self._write_guests()

    def power_on(self, context: Any, instance: Any, *args: Any, **kwargs: Any) -> None:
        super().power_on(context, instance, *args, **kwargs)
        self._write_guests()

    def pause(self, instance: Any) -> None:
        self._set_state(instance, power_state.PAUSED)

    def unpause(self, instance: Any) -> None:
        self._set_state(instance, power_state.RUNNING)

    def get_host_uptime(self) -> str:
        output, _errors = processutils.execute("env", "LANG=C", "uptime")
        return str(output)

    def snapshot(self, context: Any, instance: Any, image_id: str, update_task_state: Any) -> None:
        """Upload an empty image, so that the image does not stay in the status queued."""
        if instance.uuid not in self.instances:
            raise exception.InstanceNotRunning(instance_id=instance.uuid)
        # Nova requires the task state image_pending_upload before image_uploading.
        update_task_state(task_state=task_states.IMAGE_PENDING_UPLOAD)
        update_task_state(task_state=task_states.IMAGE_UPLOADING, expected_state=task_states.IMAGE_PENDING_UPLOAD)
        images = glance.API()
        metadata = {
            "name": images.get(context, image_id)["name"],
            "status": "active",
            "disk_format": "raw",
            "container_format": "bare",
            "properties": {"image_location": "snapshot", "image_state": "available", "owner_id": instance.project_id},
        }
        images.update(context, image_id, metadata, io.BytesIO(bytes(512)))

    # Live migration

    def live_migration(
        self,
        context: Any,
        instance: Any,
        dest: str,
        post_method: Any,
        recover_method: Any,
        block_migration: bool = False,
        migrate_data: Any = None,
    ) -> None:
        migration = _Migration()
        self._live_migrations[instance.uuid] = migration
        try:
            migration.wait(self._migration_seconds(instance))
        finally:
            self._live_migrations.pop(instance.uuid, None)
        if migration.failure_status:
            recover_method(context, instance, dest, migrate_data, migration_status=migration.failure_status)
        else:
            post_method(context, instance, dest, block_migration, migrate_data)

    @staticmethod
    def _migration_seconds(instance: Any) -> float:
        usual: float = CONF.stackproof_fake.migration_seconds
        wanted = instance.metadata.get(METADATA_SECONDS, usual)
        try:
            return float(wanted)
        except ValueError:
            LOG.warning("%s is not a number: %r", METADATA_SECONDS, wanted, instance=instance)
            return usual

    def live_migration_force_complete(self, instance: Any) -> None:
        self._live_migrations[instance.uuid].force()

    def live_migration_abort(self, instance: Any) -> None:
        self._live_migrations[instance.uuid].abort()

    def post_live_migration(
        self, context: Any, instance: Any, block_device_info: Any, migrate_data: Any = None
    ) -> None:
        del migrate_data
        # The guest now runs on the destination host, so delete its copy on the source host.
        self.destroy(context, instance, network_info=None, block_device_info=block_device_info)
