# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create and start a Ceph cluster with one monitor and one OSD, for volumes of the kind rbd.

Both programs run in user space, and store their data in files. No file system and no block device is mounted.
"""

from __future__ import annotations

import base64
import functools
import shutil
import struct
from typing import TYPE_CHECKING

from .settings import CEPH_MONITOR, CEPH_OSD

if TYPE_CHECKING:
    from pathlib import Path

    from .settings import Settings
    from .step_functions import StepContext

# Ceph's own default port of a monitor. The address belongs to this cloud alone.
MONITOR_PORT = 3300
# The name of the pool with the volumes.
POOL = "volumes"
# In the state file, this key contains the address of the monitor. The monitor stores its address with its data.
CREATED = "ceph"
TIMEOUT_SECONDS = 60


def key_of(secret: str) -> str:
    """Return a key of Ceph for a secret of 16 bytes in hexadecimal digits.

    A key is the Base64 text of its type (1, AES), its time in seconds and nanoseconds, and the length and the bytes of
    the secret (``CryptoKey`` in ``src/auth/Crypto.h`` of Ceph).
    """
    raw = bytes.fromhex(secret)
    return base64.b64encode(struct.pack("<HIIH", 1, 0, 0, len(raw)) + raw).decode()


def conf_file(settings: Settings) -> Path:
    return settings.layout.etc / "ceph" / "ceph.conf"


def prepare(context: StepContext) -> str | None:
    """Create the data of the monitor and of the OSD. If the address has changed, tell the monitor the new address."""
    settings, lib = context.settings, context.settings.layout.lib / "ceph"
    created = context.state.get(CREATED)
    if created == settings.ceph_address:
        return None
    monitor = ["ceph-mon", "--conf", str(conf_file(settings)), "--id", "a"]
    monmap = str(lib / "monmap")
    if not created:
        shutil.rmtree(lib, ignore_errors=True)
        for folder in ("mon", "osd", "run"):
            (lib / folder).mkdir(mode=0o700, parents=True)
    fsid, address = settings.uuid_of("ceph"), f"v2:{settings.ceph_address}:{MONITOR_PORT}"
    _run(context, ["monmaptool", "--create", "--clobber", "--fsid", fsid, "--addv", "a", f"[{address}]", monmap])
    if created:
        _run(context, [*monitor, "--inject-monmap", monmap])
    else:
        keyring = str(settings.layout.etc / "ceph" / "keyring")
        _run(context, [*monitor, "--mkfs", "--no-mon-config", "--monmap", monmap, "--keyring", keyring])
        osd = ["ceph-osd", "--conf", str(conf_file(settings)), "--id", "0", "--no-mon-config"]
        _run(context, [*osd, "--mkfs", "--osd-uuid", settings.uuid_of("ceph-osd")])
    context.state.record(CREATED, settings.ceph_address)
    return "data folders of Ceph created"


def start(context: StepContext) -> str | None:
    """Start the monitor and the OSD, and wait until the pool of the volumes can be used."""
    services = context.services
    if services.running(CEPH_MONITOR, CEPH_OSD):
        return None
    listens = functools.partial(services.listens, context.settings.ceph_address, MONITOR_PORT)
    services.start_and_wait(CEPH_MONITOR, listens)
    client = ["--conf", str(conf_file(context.settings))]
    ceph = ["ceph", *client, "--connect-timeout", str(TIMEOUT_SECONDS)]
    # These commands change nothing if the OSD and the pool exist.
    _run(context, [*ceph, "osd", "new", context.settings.uuid_of("ceph-osd")])
    _run(context, [*ceph, "osd", "pool", "create", POOL, "1"])
    services.start(CEPH_OSD)
    # The command writes to the pool, so it waits for the OSD.
    command = ["rbd", *client, f"--rados-osd-op-timeout={TIMEOUT_SECONDS}", "pool", "init", "--force", POOL]
    _run(context, command, program=CEPH_OSD)
    return "Ceph up"


def _run(context: StepContext, command: list[str], program: str = "") -> None:
    """Run a command. If ``program`` ends before it, raise CloudError with the reason."""
    watch = functools.partial(context.services.require_alive, program) if program else None
    context.runner.run(command[0], command, log="ceph", watch=watch)
