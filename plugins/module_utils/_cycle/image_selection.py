# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: which images may be chosen for servers that nobody has named an image for, and the smallest of them.

What excludes an image is what keeps its servers from some hosts. Nova's ImagePropertiesFilter compares architecture,
hypervisor type, VM mode and hypervisor version with what each host supports. Traits are required of Placement. Some
hw_* properties need hosts with dedicated CPUs, huge pages, a TPM and the like. Other hw_* and img_* properties choose
devices, which most hosts can emulate: such an image is chosen where there is none without them.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._nova.architecture import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Image = dict[str, Any]

_GIB = 1024**3
# A server leaves one host for another of the same kind.
FEWEST_HOSTS = 2
# Kernels and ramdisks boot nothing by themselves.
_PARTS = frozenset({"aki", "ari"})
# Properties have had other names, which Nova still reads.
_ARCHITECTURE = ("hw_architecture", "architecture")
_HYPERVISOR_TYPE = ("img_hv_type", "hypervisor_type")
_VM_MODE = ("hw_vm_mode", "vm_mode")
_HYPERVISOR_VERSION = ("img_hv_requested_version", "hypervisor_version_requires")
_COMPARED = frozenset({*_ARCHITECTURE, *_HYPERVISOR_TYPE, *_VM_MODE, *_HYPERVISOR_VERSION})
_USUAL_ARCHITECTURE = "x86_64"
# Full virtualization, which every hypervisor that can live-migrate offers
_USUAL_VM_MODE = "hvm"
# Nova calls the hypervisor of a libvirt host QEMU, with hardware virtualization (kvm) or without.
_MAYBE = {("kvm", "qemu")}
# Properties that need hosts with something special, and how their names begin
_BINDING = frozenset(
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
_BINDING_FAMILIES = ("hw_numa_", "hw_mem_encryption", "hw_tpm_", "hw_viommu", "hw_ephemeral_encryption", "trait:")
# Values that ask for nothing
_ASKING_NOTHING = frozenset(
    {"", "0", "disabled", "false", "forbidden", "legacy", "no", "none", "off", "optional", "shared"}
)
# Device choices; hw_qemu_guest_agent and the like among them
_DEVICES = ("hw_", "img_")


@dataclass(frozen=True)
class ImageConstraints:
    """Where an image is to be booted. None is what this user may not see."""

    project: str | None = None
    # One entry for each usable host
    architectures: tuple[str | None, ...] | None = None
    hypervisor_types: tuple[str, ...] | None = None


@dataclass
class Choice:
    """The image, and what was passed over and why, with how many images for each reason."""

    image: Image | None = None
    passed_over: Counter[str] = field(default_factory=Counter)

    def in_words(self) -> str:
        """Empty when nothing was passed over."""
        if not self.passed_over:
            return ""
        why = ", ".join(f"{count} {reason}" for reason, count in sorted(self.passed_over.items()))
        return f"{self.passed_over.total()} were passed over: {why}."


def needed_disk(image: Mapping[str, Any]) -> int:
    """GiB that a root disk must have for this image."""
    size = image.get("virtual_size") or image.get("size") or 0
    return max(int(image.get("min_disk") or 0), math.ceil(size / _GIB))


def choose(
    images: Iterable[Mapping[str, Any]],
    around: ImageConstraints,
    accepted: Callable[[Mapping[str, Any]], bool] = lambda _image: False,
) -> Choice:
    """The smallest image that may be chosen.

    `accepted` tells whether this project has accepted an image that another one shares. It is asked only where there is
    no image of the own project and no public one.
    """
    choice = Choice()
    usable = []
    for image in images:
        reason = obstacle(image, around)
        if reason is None:
            usable.append(image)
        else:
            choice.passed_over[reason] += 1
    for image in sorted(usable, key=lambda image: _rank(image, around)):
        if not _is_foreign(image, around) or accepted(image):
            choice.image = dict(image)
            return choice
        choice.passed_over["shared by another project and not accepted"] += 1
    return choice


def unconfirmed(image: Mapping[str, Any], around: ImageConstraints) -> list[str]:
    """What the image states and no host is known to offer, in words."""
    found = []
    architecture = _architecture(image)
    if architecture is not None and _has_architecture(architecture, around) is None:
        found.append(f"architecture {architecture}")
    kind = _value(image, _HYPERVISOR_TYPE)
    if kind is not None and _has_type(kind, around) is None:
        found.append(f"hypervisor type {kind}")
    return found


def obstacle(image: Mapping[str, Any], around: ImageConstraints) -> str | None:
    """Why an image is not to be chosen."""
    visibility = image.get("visibility")
    obstacles: tuple[tuple[bool, str], ...] = (
        (image.get("status") != "active", "not active"),
        (bool(image.get("os_hidden")), "hidden"),
        ({image.get("disk_format"), image.get("container_format")} & _PARTS != set(), "kernels or ramdisks"),
        (_is_volume_backed(image), "snapshots of volumes"),
        (not image.get("size"), "without data"),
        (_is_foreign(image, around) and visibility == "private", "private images of other projects"),
        (_is_foreign(image, around) and visibility == "community", "community images of other projects"),
    )
    return next((why for there, why in obstacles if there), None) or _bound_to(image, around)


def _is_foreign(image: Mapping[str, Any], around: ImageConstraints) -> bool:
    """Whether it belongs to another project that does not offer it to all."""
    if image.get("visibility") in (None, "public"):
        return False
    return image.get("owner") is None or image["owner"] != around.project


def _is_volume_backed(image: Mapping[str, Any]) -> bool:
    mapping = image.get("block_device_mapping")
    if isinstance(mapping, str):
        try:
            mapping = json.loads(mapping)
        except ValueError:
            return True
    return bool(mapping) or str(image.get("bdm_v2", "")).lower() == "true"


def _bound_to(image: Mapping[str, Any], around: ImageConstraints) -> str | None:
    """What keeps its servers from some hosts."""
    architecture, kind = _architecture(image), _value(image, _HYPERVISOR_TYPE)
    mode = _value(image, _VM_MODE)
    if architecture is not None and _has_architecture(architecture, around) is False:
        return f"for architecture {architecture}"
    if kind is not None and _has_type(kind, around) is False:
        return f"for hypervisors of type {kind}"
    if mode is not None and mode != _USUAL_VM_MODE:
        return f"for VM mode {mode}"
    if _value(image, _HYPERVISOR_VERSION) is not None:
        return "for a hypervisor version"
    if any(_binds(name, value) for name, value in image.items()):
        return "bound to special hosts by their properties"
    return None


def _binds(name: str, value: Any) -> bool:
    if name not in _BINDING and not name.startswith(_BINDING_FAMILIES):
        return False
    return str(value).strip().lower() not in _ASKING_NOTHING


def _value(image: Mapping[str, Any], names: Iterable[str]) -> str | None:
    return next((str(image[name]).strip().lower() for name in names if image.get(name)), None)


def _architecture(image: Mapping[str, Any]) -> str | None:
    return canonical(_value(image, _ARCHITECTURE))


def _has_architecture(wanted: str, around: ImageConstraints) -> bool | None:
    """Whether there are a source and a destination of that architecture; None when that is not known."""
    if not around.architectures:
        return None
    enough = min(FEWEST_HOSTS, len(around.architectures))
    found = sum(1 for one in around.architectures if one == wanted)
    silent = sum(1 for one in around.architectures if one is None)
    if found >= enough:
        return True
    return None if found + silent >= enough else False


def _has_type(kind: str, around: ImageConstraints) -> bool | None:
    """Whether the hosts have that hypervisor type; None when that is not known."""
    if not around.hypervisor_types:
        return None
    types = {name.lower() for name in around.hypervisor_types}
    if kind in types:
        return True
    return None if any((kind, name) in _MAYBE for name in types) else False


def _rank(image: Mapping[str, Any], around: ImageConstraints) -> tuple[Any, ...]:
    """The least is chosen."""
    doubtful = [one for one in unconfirmed(image, around) if one != f"architecture {_USUAL_ARCHITECTURE}"]
    special = any(name.startswith(_DEVICES) and name not in _COMPARED for name in image)
    return (
        _is_foreign(image, around),
        bool(doubtful),
        # it may be a copy of a server that does something
        image.get("image_type") == "snapshot",
        special,
        *(needed_disk(image), image.get("min_ram") or 0, image.get("size") or 0),
        *(str(image.get("name")), str(image["id"])),
    )
