# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the preconditions of ``cloudctl start`` before any program is stopped."""

from __future__ import annotations

import dataclasses
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from . import access, ceph, install, install_sources, step_functions
from .api import Api, ApiError
from .errors import CloudError
from .ports import listened_on, require_free, require_free_on_hosts
from .processes import own_processes
from .settings import PORT_BASE, QEMU_MODULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .settings import Settings
    from .step_functions import StepContext


def require(context: StepContext) -> None:
    """Raise CloudError if this machine cannot run the local cloud."""
    settings = context.settings
    if settings.network_programs:
        _require_network_devices(settings)
    require_qemu(settings)
    require_qemu_of_storage(settings)
    own = listened_on(own_processes(settings.layout))
    require_free(settings.ports, own)
    require_free_on_hosts(settings.addresses, settings.hypervisor["host_ports"].values(), own)
    if settings.storage_programs:
        require_free_on_hosts({"Ceph": settings.ceph_address}, [ceph.MONITOR_PORT], own)
    for environment in settings.environments.values():
        if not environment.is_complete(volumes=False):
            install.require_installable(environment)
    if settings.environment.is_complete(volumes=settings.has_volumes):
        install_sources.require_requirements(settings)
    if settings.hypervisor["distribution_modules"]:
        for python in sorted({settings.environment_of(host).python for host in settings.hosts}):
            install.require_distribution_modules(python, settings.hypervisor["name"])
    if context.services.running("mariadb"):
        step_functions.require_volumes_kept(context)
        step_functions.require_ports_kept(context)
    if removed_hosts := hosts_of(context.services.supervisor.states()) - set(settings.hosts):
        _require_empty(context, removed_hosts)


def require_qemu(settings: Settings) -> None:
    """Raise CloudError if the QEMU of the input ``qemu`` does not run on this machine."""
    files = settings.qemu_files
    if not files:
        return
    problem = _problem_of_qemu(files)
    if problem:
        msg = (
            f"local_cloud_qemu={settings.hypervisor_settings['qemu']} cannot be used, because {problem}. Set it to a "
            f"folder with the unpacked packages qemu-system-x86, qemu-system-common and qemu-system-data, or leave it "
            f"empty to use the QEMU of the machine."
        )
        raise CloudError(msg)


def require_qemu_of_storage(settings: Settings) -> None:
    """Raise CloudError if the QEMU of the input ``qemu`` cannot use volumes of the kind rbd."""
    folder = settings.qemu_files.get(QEMU_MODULES)
    module = Path(folder or QEMU_MODULES) / "block-rbd.so"
    if settings.storage_programs and not module.exists():
        msg = (
            f"local_cloud_volumes={settings.volumes} cannot be used, because QEMU has no module for Ceph: {module} "
            f"does not exist. Install the package qemu-block-extra, or unpack it into local_cloud_qemu."
        )
        raise CloudError(msg)


def _problem_of_qemu(files: Mapping[str, str]) -> str:
    """Return why the files of QEMU cannot be used. Return an empty text if they can."""
    for path, source in files.items():
        if not Path(source).exists():
            return f"{source} does not exist"
        if not Path(path).exists():
            return f"it would replace {path}, which does not exist"
    command = [next(iter(files.values())), "--version"]
    try:
        probe = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        return f"{command[0]} cannot be started: {error.strerror}"
    return f"{command[0]} ends with an error: {probe.stderr.strip()}" if probe.returncode else ""


def _require_network_devices(settings: Settings) -> None:
    """Raise CloudError if this machine cannot create the network namespaces of the hosts."""
    script = "ip link add one type veth peer name other && ip link add three type bridge"
    command = ["unshare", "--net", "--", "/bin/sh", "-c", script]
    probe = subprocess.run(command, capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        msg = (
            f"local_cloud_networks={settings.networks} is not possible on this machine, because a network namespace "
            f"with a bridge cannot be created: {probe.stderr.strip()}. Set local_cloud_networks=none."
        )
        raise CloudError(msg)


def hosts_of(programs: Iterable[str]) -> set[str]:
    return {name.removeprefix("nova-") for name in programs if name.startswith("nova-compute")}


def _require_empty(context: StepContext, removed_hosts: Iterable[str]) -> None:
    """Raise CloudError if a host that is to be removed still has servers or open migrations."""
    # Use the ports of the running cloud, because the new settings may contain other ports.
    running = dataclasses.replace(
        context.settings, port_base=context.state.get(PORT_BASE) or context.settings.port_base, keeps_port_base=False
    )
    api = Api(running.ports, access.auth(running, context.secrets, "admin", "admin"))
    try:
        blocked = {host: what for host in sorted(removed_hosts) if (what := api.removal_blockers(host))}
    except ApiError:
        return  # Nova does not respond now. It refuses the removal itself if the host has servers.
    if blocked:
        listing = "; ".join(f"{host} has {what}" for host, what in blocked.items())
        needed = max(int(host.removeprefix("compute")) for host in blocked)
        msg = (
            f"Compute hosts cannot be removed: {listing}. Nothing was changed. Migrate or delete the servers first, "
            f"or set local_cloud_hosts to {needed} or more."
        )
        raise CloudError(msg)
