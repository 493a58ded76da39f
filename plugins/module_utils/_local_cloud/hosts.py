# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: which kind of compute hosts a local cloud gets on this machine, and why not those that run guests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

AUTO = "auto"
FAKE = "fake"
LIBVIRT = "libvirt"
STARTED = "started"
PROCESSOR = "x86_64"


def hindrance_of(machine: Mapping[str, Any]) -> str:
    """The first reason why no host that runs guests can be made on this machine; empty when one can.

    ``machine`` has what is observed so far. What is not there yet is no reason.
    """
    return next(_hindrances(machine), "")


def _hindrances(machine: Mapping[str, Any]) -> Iterator[str]:
    if str(machine.get("user_uid")) != "0":
        yield "it needs root"
    if machine.get("processor") != PROCESSOR:
        yield f"the guest is a PC, and this machine is a {machine.get('processor') or 'machine that is not known'}"
    if machine.get("package_manager") != "apt":
        yield "the names of its packages are known on Debian and on distributions derived from it only"
    if why := _failure_of(machine.get("namespaces")):
        yield f"Linux namespaces cannot be made, or /usr/bin/python3 is older than 3.11 or not there ({why})"
    missing = machine.get("missing_packages") or []
    if missing and str(machine.get("install_packages")).lower() == "false":
        yield f"local_cloud_install_packages is false, and there is no {', '.join(missing)}"
    if why := _failure_of(machine.get("simulation")):
        yield f"packages cannot be had ({why})"


def _failure_of(command: Mapping[str, Any] | None) -> str:
    """What a command said that failed; empty when it did not fail, or was not run."""
    if not command or int(command.get("rc") or 0) == 0:
        return ""
    said = (str(command.get(name) or "").strip() for name in ("stderr", "msg"))
    return next(filter(None, said), "no message")


def kind_of(hypervisor: str, state: str, found: str, hindrance: str) -> str:
    """The kind of compute hosts: what is asked for, else what the cloud has, else guests where they can be had.

    To stop or remove a cloud the kind does not matter.
    """
    if hypervisor != AUTO:
        return hypervisor
    if found:
        return found
    return LIBVIRT if state == STARTED and not hindrance else FAKE


def is_open(hypervisor: str, state: str, found: str) -> bool:
    """Whether it depends on the machine which kind of hosts there can be, or whether there can be any."""
    return state == STARTED and (hypervisor == LIBVIRT or (hypervisor == AUTO and not found))


def choice_of(hypervisor: str, state: str, found: str, machine: Mapping[str, Any]) -> dict[str, Any]:
    """The kind of compute hosts, and what is to be said of it.

    ``hypervisor`` and ``state`` are the inputs, ``found`` is the kind of the cloud that is there, empty for none.
    """
    observe = is_open(hypervisor, state, found)
    hindrance = hindrance_of(machine) if observe else ""
    return {
        "kind": kind_of(hypervisor, state, found, hindrance),
        "observe": observe,
        "hindrance": hindrance,
        "problem": _problem(hindrance) if hypervisor == LIBVIRT else "",
        "message": _message(hindrance),
    }


def _problem(hindrance: str) -> str:
    if not hindrance:
        return ""
    return (
        f"local_cloud_hypervisor=libvirt cannot be had here: {hindrance}. Hosts that run no guests need nothing of"
        " that: local_cloud_hypervisor=fake."
    )


def _message(hindrance: str) -> str:
    if hindrance:
        return f"The compute hosts run no guests, because that cannot be had here: {hindrance}."
    return "The compute hosts run QEMU guests under libvirt (local_cloud_hypervisor=fake for hosts that run none)."
