# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Choose the smallest image that all usable hosts can boot."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._nova.architecture import canonical
from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_devices import (
    VolumeRequest,
    boot_volume_too_small,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_requirements import (
    flavor_fits_image,
    required_disk_gib,
    required_ram_mib,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Image = dict[str, Any]

MIN_HOSTS = 2
# A server cannot boot from a kernel or a ramdisk alone.
_KERNEL_FORMATS = frozenset({"aki", "ari"})
# Nova cannot boot a server from an image in one of these container formats.
_UNBOOTABLE_CONTAINERS = frozenset({"compressed", "docker", "ova"})
# Nova does not decrypt encrypted images.
_ENCRYPTION = ("cinder_encryption_key_id", "os_encrypt_format", "os_encrypt_key_id")
# Each property has a current name and an older name. Nova's ImagePropertiesFilter reads both names.
_ARCHITECTURE = ("hw_architecture", "architecture")
_HYPERVISOR_TYPE = ("img_hv_type", "hypervisor_type")
_VM_MODE = ("hw_vm_mode", "vm_mode")
_HYPERVISOR_VERSION = ("img_hv_requested_version", "hypervisor_version_requires")
_COMPARED_BY_NOVA = frozenset({*_ARCHITECTURE, *_HYPERVISOR_TYPE, *_VM_MODE, *_HYPERVISOR_VERSION})
_COMMON_ARCHITECTURE = "x86_64"
# Every hypervisor that can live-migrate offers full virtualization.
_COMMON_VM_MODE = "hvm"
# Nova reports the hypervisor type QEMU for every libvirt host, even if the host uses KVM.
_POSSIBLE_TYPES = {("kvm", "qemu")}
# Some image properties need special hosts, for example hosts with a TPM.
_BINDING_PROPERTIES = frozenset(
    {
        "hw_cpu_policy",
        "hw_cpu_realtime",
        "hw_cpu_realtime_mask",
        "hw_cpu_thread_policy",
        "hw_emulator_threads_policy",
        "hw_locked_memory",
        "hw_maxphysaddr_bits",
        "hw_maxphysaddr_mode",
        "hw_mem_page_size",
        "hw_pci_numa_affinity_policy",
        "os_secure_boot",
    }
)
_BINDING_PREFIXES = ("hw_numa_", "hw_mem_encryption", "hw_tpm_", "hw_viommu", "hw_ephemeral_encryption", "trait:")
# An image property with one of these values does not need a special host.
NEUTRAL_VALUES = frozenset(
    {"", "0", "disabled", "false", "forbidden", "legacy", "no", "none", "off", "optional", "shared"}
)
_FORBIDDEN_TRAIT = "forbidden"
_DEVICE_PREFIXES = ("hw_", "img_")
# An image with a kernel id or a ramdisk id needs a separate kernel or ramdisk.
_KERNEL_PROPERTIES = ("kernel_id", "ramdisk_id")
_SIGNATURE_PREFIX = "img_signature"
# The hypervisors in _DISK_FORMATS boot only their own disk formats. All other hypervisors boot the common formats.
_COMMON_DISK_FORMATS = frozenset({"ami", "qcow2", "raw"})
_DISK_FORMATS = {
    "hyperv": frozenset({"vhd", "vhdx"}),
    "vmware vcenter server": frozenset({"iso", "vmdk"}),
    "xen": frozenset({"raw", "vhd"}),
}
_TOO_LARGE = "too large for all suitable flavors"
_TOO_LARGE_FOR_VOLUME = "too large for the boot volume"


@dataclass(frozen=True)
class ImageConstraints:
    """The properties of hosts and flavors that a suitable image must match."""

    project: str | None = None
    # The architecture of each usable host. None means that the host does not report its architecture.
    architectures: tuple[str | None, ...] | None = None
    hypervisor_types: tuple[str, ...] | None = None
    # The image must fit at least one flavor of this list.
    flavors: tuple[Mapping[str, Any], ...] | None = None
    # The volume from which the servers boot. None means that they boot from a disk of the compute host.
    boot_volume: VolumeRequest | None = None


@dataclass
class ImageChoice:
    """The chosen image, and the number of rejected images for each reason."""

    image: Image | None = None
    rejected: Counter[str] = field(default_factory=Counter)

    def rejections(self) -> str:
        """Return a sentence about the rejected images. The sentence is empty when no image was rejected."""
        if not self.rejected:
            return ""
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(self.rejected.items()))
        return f"Rejected images: {self.rejected.total()} ({reasons})."


def choose_image(
    images: Iterable[Mapping[str, Any]],
    constraints: ImageConstraints,
    is_accepted: Callable[[Mapping[str, Any]], bool] = lambda _image: False,
) -> ImageChoice:
    """Choose the smallest image that the hosts can boot.

    Images of this project and public images come first. ``is_accepted`` returns whether this project has accepted a
    shared image. If no image fits a flavor, return the smallest image, so that the caller can report the flavors.
    """
    listed = list(images)
    choice = _choose(listed, constraints, is_accepted)
    if choice.image is None and choice.rejected[_TOO_LARGE]:
        return _choose(listed, replace(constraints, flavors=None), is_accepted)
    return choice


def _choose(
    images: Iterable[Mapping[str, Any]],
    constraints: ImageConstraints,
    is_accepted: Callable[[Mapping[str, Any]], bool],
) -> ImageChoice:
    choice = ImageChoice()
    candidates = []
    for image in images:
        reason = rejection_reason(image, constraints)
        if reason is None:
            candidates.append(image)
        else:
            choice.rejected[reason] += 1
    for image in sorted(candidates, key=lambda image: _rank(image, constraints)):
        if not _is_foreign(image, constraints) or is_accepted(image):
            choice.image = dict(image)
            return choice
        choice.rejected["shared by another project and not accepted"] += 1
    return choice


def unconfirmed_requirements(image: Mapping[str, Any], constraints: ImageConstraints) -> list[str]:
    """Return the requirements of the image that a compute host may not meet."""
    unconfirmed = []
    architecture = _architecture(image)
    if architecture is not None and _hosts_have_architecture(architecture, constraints) is None:
        unconfirmed.append(f"architecture {architecture}")
    if architecture is None and len(_architectures_of_hosts(constraints)) > 1:
        unconfirmed.append("architecture (the image names none)")
    hypervisor_type = _value(image, _HYPERVISOR_TYPE)
    if hypervisor_type is not None and _hosts_have_type(hypervisor_type, constraints) is None:
        unconfirmed.append(f"hypervisor type {hypervisor_type}")
    disk_format = image.get("disk_format")
    if disk_format and disk_format not in _bootable_formats(constraints):
        unconfirmed.append(f"disk format {disk_format}")
    if any(name.startswith(_SIGNATURE_PREFIX) for name in image):
        unconfirmed.append("signature")
    return unconfirmed


def rejection_reason(image: Mapping[str, Any], constraints: ImageConstraints) -> str | None:
    """Return why the image cannot be used, or None if it can be used."""
    visibility = image.get("visibility")
    foreign = _is_foreign(image, constraints)
    reasons: tuple[tuple[bool, str], ...] = (
        (image.get("status") != "active", "not active"),
        (bool(image.get("os_hidden")), "hidden"),
        (bool({image.get("disk_format"), image.get("container_format")} & _KERNEL_FORMATS), "kernels or ramdisks"),
        (image.get("container_format") in _UNBOOTABLE_CONTAINERS, "in an unbootable container format"),
        (any(image.get(name) for name in _ENCRYPTION), "encrypted"),
        (_is_volume_backed(image), "snapshots of volumes"),
        (not image.get("size"), "without data"),
        (foreign and visibility == "private", "private images of other projects"),
        (foreign and visibility == "community", "community images of other projects"),
    )
    reason = next((text for applies, text in reasons if applies), None) or _host_restriction(image, constraints)
    volume = constraints.boot_volume
    if reason is None and volume is not None and boot_volume_too_small(volume, image):
        return _TOO_LARGE_FOR_VOLUME
    if reason is None and constraints.flavors is not None:
        has_volume = volume is not None
        fits = any(flavor_fits_image(flavor, image, boot_volume=has_volume) for flavor in constraints.flavors)
        return None if fits else _TOO_LARGE
    return reason


def _is_foreign(image: Mapping[str, Any], constraints: ImageConstraints) -> bool:
    """Return whether the image belongs to another project and is not public."""
    if image.get("visibility") in (None, "public"):
        return False
    return image.get("owner") is None or image["owner"] != constraints.project


def _is_volume_backed(image: Mapping[str, Any]) -> bool:
    mapping = image.get("block_device_mapping")
    if isinstance(mapping, str):
        try:
            mapping = json.loads(mapping)
        except ValueError:
            return True
    return bool(mapping) or str(image.get("bdm_v2", "")).lower() == "true"


def _host_restriction(image: Mapping[str, Any], constraints: ImageConstraints) -> str | None:
    """Return the reason why some hosts cannot boot the image. Return None if all hosts can boot the image."""
    architecture, hypervisor_type = _architecture(image), _value(image, _HYPERVISOR_TYPE)
    mode = _value(image, _VM_MODE)
    if architecture is not None and _hosts_have_architecture(architecture, constraints) is False:
        return f"for architecture {architecture}"
    if hypervisor_type is not None and _hosts_have_type(hypervisor_type, constraints) is False:
        return f"for hypervisors of type {hypervisor_type}"
    if mode is not None and mode != _COMMON_VM_MODE:
        return f"for VM mode {mode}"
    if _value(image, _HYPERVISOR_VERSION) is not None:
        return "for a hypervisor version"
    if any(_requires_special_host(name, value) for name, value in image.items()):
        return "with properties for special hosts"
    return None


def _requires_special_host(name: str, value: Any) -> bool:
    text = str(value).strip().lower()
    if name.startswith("trait:") and text == _FORBIDDEN_TRAIT:
        return True
    if name not in _BINDING_PROPERTIES and not name.startswith(_BINDING_PREFIXES):
        return False
    return text not in NEUTRAL_VALUES


def _value(image: Mapping[str, Any], names: Iterable[str]) -> str | None:
    return next((str(image[name]).strip().lower() for name in names if image.get(name)), None)


def _architecture(image: Mapping[str, Any]) -> str | None:
    return canonical(_value(image, _ARCHITECTURE))


def _architectures_of_hosts(constraints: ImageConstraints) -> set[str]:
    return {architecture for architecture in constraints.architectures or () if architecture is not None}


def _hosts_have_architecture(architecture: str, constraints: ImageConstraints) -> bool | None:
    """Return whether enough compute hosts have the CPU architecture, or None if unknown."""
    if not constraints.architectures:
        return None
    required = min(MIN_HOSTS, len(constraints.architectures))
    matching = constraints.architectures.count(architecture)
    unreported = constraints.architectures.count(None)
    if matching >= required:
        return True
    return None if matching + unreported >= required else False


def _hosts_have_type(hypervisor_type: str, constraints: ImageConstraints) -> bool | None:
    """Return whether a host has the hypervisor type. Return None if this is unknown."""
    types = _types_of_hosts(constraints)
    if not types:
        return None
    if hypervisor_type in types:
        return True
    return None if any((hypervisor_type, name) in _POSSIBLE_TYPES for name in types) else False


def _types_of_hosts(constraints: ImageConstraints) -> set[str]:
    return {name.lower() for name in constraints.hypervisor_types or ()}


def _bootable_formats(constraints: ImageConstraints) -> frozenset[str]:
    """Return the disk formats that all compute hosts can boot."""
    formats = [_DISK_FORMATS.get(name, _COMMON_DISK_FORMATS) for name in _types_of_hosts(constraints)]
    return frozenset.intersection(*formats) if formats else _COMMON_DISK_FORMATS


def _rank(image: Mapping[str, Any], constraints: ImageConstraints) -> tuple[Any, ...]:
    """Return a sort key. The module prefers the image with the lowest key."""
    unconfirmed = [
        requirement
        for requirement in unconfirmed_requirements(image, constraints)
        if requirement != f"architecture {_COMMON_ARCHITECTURE}"
    ]
    has_devices = any(
        (name.startswith(_DEVICE_PREFIXES) and name not in _COMPARED_BY_NOVA)
        or (name in _KERNEL_PROPERTIES and bool(value))
        for name, value in image.items()
    )
    return (
        _is_foreign(image, constraints),
        bool(unconfirmed),
        # Prefer images that are not snapshots of servers, because a snapshot may contain user data.
        image.get("image_type") == "snapshot",
        has_devices,
        *(required_disk_gib(image), required_ram_mib(image), image.get("size") or 0),
        *(str(image.get("name")), str(image["id"])),
    )
