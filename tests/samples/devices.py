# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers with devices that no local cloud of the tests has.

The answers about these servers are not recorded from a cloud. They are written as Nova's response schemas and the
documentation of Nova's extra specs and of Neutron's port bindings describe them. `make samples` validates the answers
with the schemas of each Nova release.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud


@dataclass(frozen=True)
class Device:
    """A kind of server, and the blockers that the newest release has for it."""

    name: str
    blockers: tuple[tuple[str, str], ...]
    extra_specs: Mapping[str, str] = field(default_factory=dict)
    # The type of the port of the server (binding:vnic_type). None means no port.
    vnic_type: str | None = None
    image_properties: Mapping[str, str] = field(default_factory=dict)

    def add_to(self, fake: FakeCloud) -> str:
        """Add the server to the fake cloud, and return its id."""
        flavor = {"original_name": self.name, "ram": 64, "vcpus": 1, "disk": 1, "ephemeral": 0, "swap": 0}
        server = fake.add_server(self.name, "compute1", flavor={**flavor, "extra_specs": dict(self.extra_specs)})
        fake.image_properties = dict(self.image_properties)
        if self.vnic_type is not None:
            fake.ports.add(server)["binding:vnic_type"] = self.vnic_type
        # Placement has room for the devices on each host.
        fake.free = {host: {"VCPU": 8, "PCPU": 8, "VGPU": 4, "MEMORY_MB": 4096, "DISK_GB": 40} for host in fake.hosts}
        return str(server["id"])


DEVICES = (
    Device("pci-alias", (("pci", "likely"),), {"pci_passthrough:alias": "nvme:1"}),
    Device("vgpu", (("vgpu", "unknown"),), {"resources:VGPU": "1"}),
    Device("vgpu-in-a-group", (("vgpu", "unknown"),), {"resources1:VGPU": "1", "group_policy": "none"}),
    Device("accelerator", (("accelerator", "certain"),), {"accel:device_profile": "fpga-dp1"}),
    Device("sev", (("memory_encryption", "certain"),), {"hw:mem_encryption": "True"}),
    Device("sev-image", (("memory_encryption", "certain"),), image_properties={"hw_mem_encryption": "True"}),
    Device("tpm-user", (("vtpm", "certain"),), {"hw:tpm_version": "2.0", "hw:tpm_secret_security": "user"}),
    Device("tpm-host", (), {"hw:tpm_version": "2.0", "hw:tpm_secret_security": "host"}),
    Device("pinned", (("numa", "unknown"),), {"hw:cpu_policy": "dedicated"}),
    Device("huge-pages", (("numa", "unknown"),), {"hw:mem_page_size": "1GB"}),
    Device("sriov", (("sriov", "unknown"),), vnic_type="direct"),
    Device("sriov-macvtap", (("sriov", "unknown"),), vnic_type="macvtap"),
    Device("smart-nic", (("port_accelerator", "certain"),), vnic_type="accelerator-direct"),
    # All compute services that Nova 28 and newer support can move vDPA ports.
    Device("vdpa", (), vnic_type="vdpa"),
)
