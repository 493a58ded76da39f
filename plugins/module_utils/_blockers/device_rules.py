# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Rules about the devices, the memory encryption and the CPUs that a flavor or an image requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import (
    BOTH,
    CERTAIN,
    COLD_MOVE,
    LIKELY,
    LIVE_MOVE,
    UNKNOWN,
    Blocker,
    MoveContext,
    Rule,
    ServerFacts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

# Nova's major versions.
STEIN, TRAIN, USSURI, VICTORIA = 19, 20, 21, 22
N_2024_1, N_2025_1 = 29, 31
N_2026_1, N_2026_2 = 33, 34

_TRUE = frozenset({"1", "on", "true", "t", "y", "yes"})
_ONLY_HOST = "host"
_COLD_INSTEAD = "Cold-migrate the server in agreement with its owner, because this stops the guest."
_REBUILD = "Agree on a downtime with the owner, and recreate the server on another host."
_NUMA = (
    ("hw:numa_nodes", "hw_numa_nodes"),
    ("hw:cpu_policy", "hw_cpu_policy"),
    ("hw:mem_page_size", "hw_mem_page_size"),
    ("hw:emulator_threads_policy", "hw_emulator_threads_policy"),
)


def _names_resource(specs: Iterable[str], prefix: str) -> bool:
    """Return whether the extra specs request a resource class, such as resources:VGPU or resources1:VGPU."""
    keys = (key.partition(":") for key in specs)
    return any(group.startswith("resources") and name.startswith(prefix) for group, _colon, name in keys)


def accelerator_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    del context
    profile = facts.extra_specs.get("accel:device_profile")
    if not profile:
        return None
    return Blocker(
        "accelerator",
        CERTAIN,
        f"The flavor requests an accelerator of Cyborg (accel:device_profile={profile}).",
        _REBUILD,
    )


def memory_encryption_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    del context
    value = facts.requests("hw:mem_encryption", "hw_mem_encryption")
    if value is None or value.lower() not in _TRUE:
        return None
    return Blocker(
        "memory_encryption", CERTAIN, "The memory of the server is encrypted (hw:mem_encryption).", _COLD_INSTEAD
    )


def vtpm_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    """Judge a virtual TPM. Since Nova 33, Nova can live-migrate it if the host stores its secret."""
    version = facts.requests("hw:tpm_version", "hw_tpm_version")
    if version is None:
        return None
    security = facts.extra_specs.get("hw:tpm_secret_security") or "user"
    newest = context.releases[1]
    if newest >= N_2026_1 and security == _ONLY_HOST:
        if context.releases[0] >= N_2026_2:
            return None
        # In Nova 33, some compute services can be older than the service version that Nova requires (72).
        return Blocker(
            "vtpm",
            UNKNOWN,
            "Nova moves the virtual TPM only if all compute services of the cell have OpenStack 2026.1 or newer.",
            "Upgrade all compute services.",
        )
    detail = f"The server has a virtual TPM {version}"
    if newest >= N_2026_1:
        return Blocker(
            "vtpm",
            CERTAIN,
            f"{detail}, and the security of its secret is {security} (hw:tpm_secret_security).",
            "Resize the server to a flavor with hw:tpm_secret_security=host, or cold-migrate it with its owner.",
        )
    return Blocker("vtpm", CERTAIN, f"{detail}.", _COLD_INSTEAD)


def pci_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    """Judge PCI devices of the flavor.

    Since Nova 20, Nova checks them before a live migration. Before, libvirt refuses a guest with PCI devices. Since
    Nova 31, an alias can be live-migratable.
    """
    alias = facts.extra_specs.get("pci_passthrough:alias")
    if not alias:
        return None
    detail = f"The flavor requests PCI devices (pci_passthrough:alias={alias})."
    if context.releases[1] < TRAIN:
        return Blocker("pci", LIKELY, f"{detail} libvirt cannot live-migrate them.", _COLD_INSTEAD)
    if context.releases[1] < N_2025_1:
        return Blocker("pci", CERTAIN, detail, _COLD_INSTEAD)
    return Blocker(
        "pci",
        LIKELY,
        f"{detail} Nova moves them only if the PCI alias sets live_migratable, which the API does not show.",
        f"Read [pci]alias in nova.conf. Without live_migratable: {_COLD_INSTEAD}",
    )


def vgpu_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    if not _names_resource(facts.extra_specs, "VGPU"):
        return None
    if context.releases[1] < N_2024_1:
        return Blocker(
            "vgpu", LIKELY, "The server has a virtual GPU, and libvirt cannot live-migrate it.", _COLD_INSTEAD
        )
    return Blocker(
        "vgpu",
        UNKNOWN,
        "The server has a virtual GPU. Nova moves it only to a host with the same type of mediated devices, and with"
        " libvirt 8.6.0 and QEMU 8.1.0 or newer, which the API does not show.",
        "Compare the hosts, or cold-migrate the server.",
    )


def persistent_memory_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    """Judge virtual persistent memory. Nova 21 moves it if all compute services have the service version 51."""
    if not facts.extra_specs.get("hw:pmem"):
        return None
    detail = "The server has virtual persistent memory (hw:pmem)."
    if context.releases[1] < USSURI:
        return Blocker("persistent_memory", LIKELY, f"{detail} Nova can move it since OpenStack Ussuri.", _COLD_INSTEAD)
    return Blocker(
        "persistent_memory",
        UNKNOWN,
        f"{detail} Nova moves it only if all compute services have OpenStack Ussuri or newer.",
        "Upgrade all compute services.",
    )


def uses_numa(facts: ServerFacts) -> bool:
    """Return whether Nova creates a NUMA topology for the server."""
    values = {spec: facts.requests(spec, image) for spec, image in _NUMA}
    return any(value is not None and value not in ("shared", "share") for value in values.values())


def numa_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    """Judge NUMA topology, pinned CPUs and huge pages. Since Nova 20, a live migration adapts them to the host."""
    if not uses_numa(facts):
        return None
    detail = "The server has a NUMA topology, pinned CPUs or huge pages."
    if context.releases[1] < TRAIN:
        return Blocker(
            "numa",
            LIKELY,
            f"{detail} Before OpenStack Train, Nova refuses to move it"
            " unless [workarounds]enable_numa_live_migration is set.",
            _COLD_INSTEAD,
        )
    return Blocker(
        "numa",
        UNKNOWN,
        f"{detail} The API does not show the free CPUs and pages of each NUMA cell.",
        "Check the free NUMA cells of the destinations. Enable the NUMATopologyFilter of the scheduler.",
    )


def share_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    if not facts.shares:
        return None
    number = "a file share" if facts.shares == 1 else f"{facts.shares} file shares"
    del context
    return Blocker(
        "share",
        CERTAIN,
        f"The server has {number} of Manila attached.",
        "Stop the server and detach the share with its owner.",
    )


def cold_share_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    found = share_blocker(facts, context)
    if found is None or context.releases[1] < N_2026_2:
        return found
    detail = f"{found.detail} Nova moves it only if all compute services have OpenStack 2026.2 or newer."
    return Blocker("share", UNKNOWN, detail, "Upgrade all compute services.")


def local_disk_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    """Judge the disks on the host together with the option block_migration."""
    local = not facts.from_volume or any(facts.flavor.get(key) for key in ("ephemeral", "swap"))
    if str(context.block_migration).lower() != "false" or not local:
        return None
    return Blocker(
        "local_disk",
        LIKELY,
        "The server has disks on its host, and block_migration=false copies no disks. Nova accepts this only for hosts"
        " with shared storage, which the API does not show.",
        "Set block_migration to auto.",
    )


_API = "nova.compute.api"
_CONDUCTOR = "nova.conductor.tasks.live_migrate.LiveMigrationTask"
_LIVE = (LIVE_MOVE,)
DEVICE_RULES = (
    Rule("accelerator", accelerator_blocker, f"{_API}.block_accelerators", since=USSURI, moves=BOTH),
    Rule("memory_encryption", memory_encryption_blocker, f"{_API}.reject_mem_enc_instances", since=TRAIN, moves=_LIVE),
    Rule("vtpm", vtpm_blocker, f"{_API}.reject_legacy_vtpm_live_migration", since=VICTORIA, moves=_LIVE),
    Rule("pci", pci_blocker, f"{_CONDUCTOR}._check_can_migrate_pci", moves=_LIVE),
    Rule(
        "vgpu",
        vgpu_blocker,
        "nova.virt.libvirt.driver.LibvirtDriver._assert_source_can_live_migrate_mdevs",
        moves=_LIVE,
    ),
    Rule(
        "persistent_memory",
        persistent_memory_blocker,
        f"{_CONDUCTOR}._check_can_migrate_specific_resources",
        since=TRAIN,
        until=USSURI,
        moves=_LIVE,
    ),
    Rule("numa", numa_blocker, f"{_CONDUCTOR}._check_instance_has_no_numa", since=STEIN, moves=_LIVE),
    Rule("share", share_blocker, f"{_API}.block_shares_not_supported", since=N_2025_1, moves=_LIVE),
    Rule("share", cold_share_blocker, f"{_API}.API.resize", since=N_2025_1, moves=(COLD_MOVE,)),
    Rule(
        "local_disk",
        local_disk_blocker,
        "nova.virt.libvirt.driver.LibvirtDriver.check_can_live_migrate_source",
        moves=_LIVE,
    ),
)
