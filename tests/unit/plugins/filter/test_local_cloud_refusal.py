# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.filter.local_cloud_refusal import FilterModule

refusal = FilterModule().filters()["local_cloud_refusal"]
NEW = {"found": False, "hypervisor": "auto", "missing_service_packages": [], "missing_guest_packages": []}
GUESTS = {"missing_guest_packages": ["libvirt-daemon", "qemu-utils"]}
SERVICES = {"missing_service_packages": ["rabbitmq-server", "mariadb-server-core"]}


@pytest.mark.parametrize(
    "inspection",
    [
        {},
        GUESTS,  # with auto the role creates hosts without guests
        GUESTS | {"hypervisor": "fake"},
        {"hypervisor": "libvirt"},
        SERVICES | GUESTS | {"found": True},
    ],
    ids=str,
)
def test_accepts_cloud_that_can_be_used(inspection: dict[str, Any]) -> None:
    assert refusal(NEW | inspection) == ""


@pytest.mark.parametrize(
    ("inspection", "packages"),
    [
        (SERVICES, "mariadb-server-core, rabbitmq-server"),
        (SERVICES | GUESTS, "mariadb-server-core, rabbitmq-server"),
        (GUESTS | {"hypervisor": "libvirt"}, "libvirt-daemon, qemu-utils"),
        (
            SERVICES | GUESTS | {"hypervisor": "libvirt"},
            "libvirt-daemon, mariadb-server-core, qemu-utils, rabbitmq-server",
        ),
    ],
    ids=str,
)
def test_refusal_names_packages_and_actions(inspection: dict[str, Any], packages: str) -> None:
    message = refusal(NEW | inspection)
    assert f"that are missing: {packages}. No package was installed." in message
    for action in ("OS_CLOUD=…", "-e regression_cloud=…", "-e regression_local=true"):
        assert action in message
