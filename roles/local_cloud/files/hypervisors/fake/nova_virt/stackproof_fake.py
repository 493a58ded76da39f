# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fake hypervisor for a control plane that is real.

Nova's own fakes serve its functional tests, which live for seconds. Two things are
different here: this one can be restarted (its node keeps its identity, its guests
are kept in a file), and each of its live migrations takes a set time, counted by
itself, so that several can run, be aborted or be forced side by side.

A server may set the time of its own migrations with the metadata item
``stackproof_fake_migration_seconds``.
"""

import json
import os
import threading

from nova.compute import power_state
from nova.compute import vm_states
import nova.conf
from nova.virt import fake
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
            help="How long a live migration stays in the status running.",
        ),
    ],
    group="stackproof_fake",
)


class _Migration:
    """A live migration under way: it ends by itself, when forced, or when aborted."""

    def __init__(self):
        self._ended = threading.Event()
        self.aborted = False

    def wait(self, seconds):
        self._ended.wait(seconds)

    def force(self):
        self._ended.set()

    def abort(self):
        self.aborted = True
        self._ended.set()


class RestartableFakeDriver(fake.FakeDriverWithoutFakeNodes):
    """One compute host with one node, named after the host."""

    def __init__(self, virtapi, read_only=False):
        super().__init__(virtapi, read_only)
        self._sizes = {}
        self._live_migrations = {}
        self._guard = threading.Lock()

    # Guests outlive the process: what is in self.instances is also in a file.

    @property
    def _guests_file(self):
        return os.path.join(CONF.state_path, "guests.json")

    def init_host(self, host):
        super().init_host(host)
        if not os.path.exists(self._guests_file):
            return
        with open(self._guests_file, encoding="utf-8") as stored:
            guests = json.load(stored)
        for uuid, guest in guests.items():
            self.instances[uuid] = fake.FakeInstance(guest["name"], guest["state"], uuid)
            self._sizes[uuid] = guest["size"]
            self.resources.claim(**guest["size"])
        LOG.info("%d guests go on after a restart", len(guests))

    def _write_guests(self):
        with self._guard:
            guests = {
                uuid: {"name": guest.name, "state": guest.state, "size": self._sizes[uuid]}
                for uuid, guest in list(self.instances.items())
            }
            fresh = f"{self._guests_file}.new"
            with open(fresh, "w", encoding="utf-8") as out:
                json.dump(guests, out)
            os.replace(fresh, self._guests_file)

    def _set_state(self, instance, state):
        self.instances[instance.uuid].state = state
        self._write_guests()

    def spawn(self, context, instance, *args, **kwargs):
        flavor = instance.flavor
        self._sizes[instance.uuid] = {"vcpus": flavor.vcpus, "mem": flavor.memory_mb, "disk": flavor.root_gb}
        super().spawn(context, instance, *args, **kwargs)
        if instance.vm_state == vm_states.PAUSED:
            self.instances[instance.uuid].state = power_state.PAUSED
        self._write_guests()

    def destroy(self, context, instance, *args, **kwargs):
        super().destroy(context, instance, *args, **kwargs)
        self._write_guests()

    def power_off(self, instance, *args, **kwargs):
        super().power_off(instance, *args, **kwargs)
        self._write_guests()

    def power_on(self, context, instance, *args, **kwargs):
        super().power_on(context, instance, *args, **kwargs)
        self._write_guests()

    def pause(self, instance):
        self._set_state(instance, power_state.PAUSED)

    def unpause(self, instance):
        self._set_state(instance, power_state.RUNNING)

    # Live migration

    def live_migration(
        self, context, instance, dest, post_method, recover_method, block_migration=False, migrate_data=None
    ):
        migration = _Migration()
        self._live_migrations[instance.uuid] = migration
        try:
            migration.wait(self._migration_seconds(instance))
        finally:
            self._live_migrations.pop(instance.uuid, None)
        if migration.aborted:
            recover_method(context, instance, dest, migrate_data, migration_status="cancelled")
        else:
            post_method(context, instance, dest, block_migration, migrate_data)

    @staticmethod
    def _migration_seconds(instance):
        wanted = instance.metadata.get(METADATA_SECONDS)
        try:
            return CONF.stackproof_fake.migration_seconds if wanted is None else float(wanted)
        except ValueError:
            LOG.warning("%s is not a number: %r", METADATA_SECONDS, wanted, instance=instance)
            return CONF.stackproof_fake.migration_seconds

    def live_migration_force_complete(self, instance):
        self._live_migrations[instance.uuid].force()

    def live_migration_abort(self, instance):
        self._live_migrations[instance.uuid].abort()

    def post_live_migration(self, context, instance, block_device_info, migrate_data=None):
        # the source forgets the guest; the destination has spawned it by itself
        self.destroy(context, instance, network_info=None, block_device_info=block_device_info)
