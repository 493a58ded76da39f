# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: whether packages of the operating system may be installed for a local cloud, and how to go on if not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

APT = "apt"


def missing_of(packages: Mapping[str, str], exists: Callable[[str], bool]) -> list[str]:
    """Those of the packages that are not installed; each has a file that shows that it is."""
    return [name for name, file in packages.items() if not exists(file)]


@dataclass(frozen=True)
class Installation:
    """How missing packages get installed, or why they do not."""

    become: bool
    problem: str


def installation_of(missing: Iterable[str], machine: Mapping[str, Any], files: Iterable[str] = ()) -> Installation:
    """Whether the user of this machine may install them.

    ``machine`` has ``user_uid``, ``package_manager`` and the input ``install_packages``. ``files`` are what the
    packages of the services provide, for machines where those have other names.
    """
    names, root = list(missing), str(machine.get("user_uid")) == "0"
    wanted = str(machine.get("install_packages")).lower()
    found = "The local cloud needs packages of the operating system that are missing:"
    if machine.get("package_manager") != APT:
        how = (
            "The role knows their names on Debian and on distributions derived from it only. Install what provides"
            f" {' and '.join(files)}."
        )
    elif wanted == "true" or (wanted == "auto" and root):
        return Installation(become=not root, problem="")
    else:
        how = (
            f"Install them with: sudo apt-get install --no-install-recommends -y {' '.join(names)}   (or set"
            " local_cloud_install_packages=true to let Ansible do so, as an ordinary user by become)"
        )
    return Installation(become=False, problem=f"{found} {', '.join(names)}. {how}")
