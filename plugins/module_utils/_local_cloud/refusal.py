# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Decide whether a playbook can use a local cloud without the installation of packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

LIBVIRT = "libvirt"


def refusal_of(inspection: Mapping[str, Any]) -> str:
    """Return a message about missing packages, or an empty string if no package is missing.

    ``inspection`` is the fact ``local_cloud_inspection`` of the role ``local_cloud``.
    """
    missing = _missing(inspection)
    if inspection["found"] or not missing:
        return ""
    return (
        "No cloud is named, and a local cloud needs packages of the operating system that are missing:"
        f" {', '.join(missing)}. No package was installed. Name a cloud with OS_CLOUD=… or -e"
        " regression_cloud=…. For a local cloud, add -e regression_local=true. Then the playbook installs these"
        " packages as root."
    )


def _missing(inspection: Mapping[str, Any]) -> list[str]:
    """Return the missing packages for a new cloud."""
    with_guests = inspection["hypervisor"] == LIBVIRT
    guests = inspection["missing_guest_packages"] if with_guests else []
    return sorted({*inspection["missing_service_packages"], *guests})
