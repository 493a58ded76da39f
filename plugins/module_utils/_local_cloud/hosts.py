# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that choose the kind of compute hosts for a local cloud."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

AUTO = "auto"
FAKE = "fake"
LIBVIRT = "libvirt"
STARTED = "started"
PROCESSOR = "x86_64"
NO_VOLUMES = "none"
NO_NETWORKS = "none"
# The kinds of volumes that each kind of hosts can use. A new cloud gets the first kind by default.
VOLUMES = {FAKE: ("fake",), LIBVIRT: ("nfs", "rbd")}
# The kinds of networks that each kind of hosts can use.
NETWORKS = {FAKE: (NO_NETWORKS, "flat"), LIBVIRT: (NO_NETWORKS, "flat", "ovn")}


@dataclasses.dataclass(frozen=True)
class ExistingCloud:
    """The kinds of compute hosts and volumes of the existing cloud. Both are empty if no local cloud exists."""

    kind: str
    volumes: str


@dataclasses.dataclass(frozen=True)
class Release:
    """The limits of an OpenStack release. An empty text for a Python version is no limit."""

    name: str
    oldest_python: str
    newest_python: str
    has_volumes: bool

    @classmethod
    def of(cls, variables: Mapping[str, Any]) -> Release:
        """Return the limits of a release. ``variables`` is the content of its file in ``vars/releases``."""
        python = variables["python"]
        return cls(variables["name"], python["oldest"], python["newest"], "volumes" in variables)

    def supports(self, python: str) -> bool:
        """Return whether the release supports a Python version, for example 3.11."""
        version = _numbers(python)
        newest = self.newest_python
        return version >= _numbers(self.oldest_python) and not (newest and version > _numbers(newest))


NO_LIMITS = Release("", oldest_python="0", newest_python="", has_volumes=True)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def first_obstacle(machine: Mapping[str, Any], release: Release) -> str:
    """Return why this machine cannot run guests, or an empty text if it can.

    ``machine`` contains the known facts about this machine.
    """
    return next(_obstacles(machine, release), "")


def _obstacles(machine: Mapping[str, Any], release: Release) -> Iterator[str]:
    if str(machine.get("user_uid")) != "0":
        yield "it needs root"
    if machine.get("processor") != PROCESSOR:
        yield f"guests need an x86_64 processor, found {machine.get('processor') or 'an unknown processor'}"
    if machine.get("package_manager") != "apt":
        yield "the role has package names only for Debian and distributions derived from it"
    if reason := _failure_message(machine.get("namespaces")):
        yield f"Linux namespaces cannot be created, or /usr/bin/python3 is missing or older than 3.11 ({reason})"
    python = str(machine.get("distribution_python") or "").removeprefix("python")
    if python and not release.supports(python):
        yield (
            f"the distribution has the modules of libvirt for Python {python}, and OpenStack {release.name} "
            f"needs {_python_range(release)}"
        )
    missing = machine.get("missing_packages") or []
    if missing and str(machine.get("install_packages")).lower() == "false":
        yield f"local_cloud_install_packages is false, and packages are missing: {', '.join(missing)}"
    if reason := _failure_message(machine.get("simulation")):
        yield f"packages cannot be installed ({reason})"


def _python_range(release: Release) -> str:
    if release.newest_python == release.oldest_python:
        return f"Python {release.oldest_python}"
    until = f" to {release.newest_python}" if release.newest_python else " or newer"
    return f"Python {release.oldest_python}{until}"


def _failure_message(command: Mapping[str, Any] | None) -> str:
    """Return the error message of a command. Return an empty text if the command succeeded or was not run."""
    if not command or int(command.get("rc") or 0) == 0:
        return ""
    messages = (str(command.get(name) or "").strip() for name in ("stderr", "msg"))
    return next(filter(None, messages), "no message")


def choose_kind(hypervisor: str, state: str, existing_kind: str, obstacle: str) -> str:
    """Return the requested hypervisor, or the hypervisor of the existing cloud.

    For a new cloud, the default is libvirt if this machine can run guests.
    """
    if hypervisor != AUTO:
        return hypervisor
    if existing_kind:
        return existing_kind
    return LIBVIRT if state == STARTED and not obstacle else FAKE


def depends_on_machine(hypervisor: str, state: str, existing_kind: str) -> bool:
    return state == STARTED and (hypervisor == LIBVIRT or (hypervisor == AUTO and not existing_kind))


def choose_volumes(volumes: str, kind: str, existing_volumes: str, release: Release) -> str:
    """Return the requested kind of volumes, or the kind of the existing cloud.

    ``kind`` is the kind of hosts. The default is a kind that these hosts can use.
    """
    if volumes != AUTO:
        return volumes
    if not release.has_volumes:
        return NO_VOLUMES
    return existing_volumes if existing_volumes in (NO_VOLUMES, *VOLUMES[kind]) else VOLUMES[kind][0]


@dataclasses.dataclass(frozen=True)
class RequestedCloud:
    """Inputs of the role local_cloud."""

    hypervisor: str
    state: str
    volumes: str
    networks: str
    release: Release


def choose_hosts(requested: RequestedCloud, existing: ExistingCloud, machine: Mapping[str, Any]) -> dict[str, Any]:
    """Choose the kinds of compute hosts and volumes, and return the reason for the choice."""
    hypervisor, state, release = requested.hypervisor, requested.state, requested.release
    observe = depends_on_machine(hypervisor, state, existing.kind)
    obstacle = first_obstacle(machine, release) if observe else ""
    kind = choose_kind(hypervisor, state, existing.kind, obstacle)
    return {
        "kind": kind,
        "observe": observe,
        "obstacle": obstacle,
        "problem": _problem(obstacle) if hypervisor == LIBVIRT else "",
        "message": _message(obstacle),
        "volumes": choose_volumes(requested.volumes, kind, existing.volumes, release),
        "volumes_problem": _volumes_problem(requested.volumes, kind, release) if state == STARTED else "",
        "networks_problem": _networks_problem(requested.networks, kind) if state == STARTED else "",
    }


def _problem(obstacle: str) -> str:
    if not obstacle:
        return ""
    problem = f"local_cloud_hypervisor=libvirt is not possible on this machine: {obstacle}."
    return f"{problem} Remove the obstacle, or set local_cloud_hypervisor=fake for hosts without guests."


def _volumes_problem(volumes: str, kind: str, release: Release) -> str:
    if not release.has_volumes and volumes not in (NO_VOLUMES, AUTO):
        return (
            f"A local cloud with OpenStack {release.name} cannot use local_cloud_volumes={volumes}, because the role "
            "has no lock file with Cinder for this release. Set local_cloud_volumes to auto or none, or choose another "
            "local_cloud_release."
        )
    if volumes in (NO_VOLUMES, AUTO, *VOLUMES[kind]):
        return ""
    return (
        f"Compute hosts of the kind {kind} cannot use local_cloud_volumes={volumes}. Set local_cloud_volumes to"
        f" {', '.join(VOLUMES[kind])}, auto or none, or set local_cloud_hypervisor to another kind."
    )


def _networks_problem(networks: str, kind: str) -> str:
    if networks in NETWORKS[kind]:
        return ""
    return (
        f"Compute hosts of the kind {kind} cannot use local_cloud_networks={networks}. Set local_cloud_networks to"
        f" {' or '.join(reversed(NETWORKS[kind]))}, or set local_cloud_hypervisor to another kind."
    )


def _message(obstacle: str) -> str:
    if obstacle:
        return f"The compute hosts run no guests. Hosts with guests are not possible on this machine: {obstacle}."
    return "The compute hosts run QEMU guests under libvirt. Set local_cloud_hypervisor=fake for hosts without guests."
