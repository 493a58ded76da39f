# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that decide whether the role installs operating system packages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

APT = "apt"


def missing_packages(packages: Mapping[str, str], exists: Callable[[str], bool]) -> list[str]:
    """Return the names of the packages that are not installed.

    A package is installed if its file in ``packages`` exists.
    """
    return [name for name, file in packages.items() if not exists(file)]


@dataclass(frozen=True)
class Installation:
    """The decision whether the role local_cloud may install packages."""

    become: bool
    problem: str


def plan_installation(missing: Iterable[str], machine: Mapping[str, Any], files: Iterable[str] = ()) -> Installation:
    """Return whether the role installs the missing packages, with a message.

    ``machine`` contains the facts ``user_uid`` and ``package_manager``, and the input ``install_packages``. On an
    unknown distribution, the message names the missing ``files``, because the names of the packages are unknown.
    """
    names, root = list(missing), str(machine.get("user_uid")) == "0"
    install_packages = str(machine.get("install_packages")).lower()
    problem = "The local cloud needs packages of the operating system that are missing:"
    if machine.get("package_manager") != APT:
        reason = "The role has package names only for Debian and distributions derived from it."
        action = f"{reason} Install the packages that contain {' and '.join(files)}."
    elif install_packages == "true" or (install_packages == "auto" and root):
        return Installation(become=not root, problem="")
    else:
        action = (
            f"Install them with: sudo apt-get install --no-install-recommends -y {' '.join(names)}   (or set"
            " local_cloud_install_packages=true, so that the role installs the packages)"
        )
    return Installation(become=False, problem=f"{problem} {', '.join(names)}. {action}")
