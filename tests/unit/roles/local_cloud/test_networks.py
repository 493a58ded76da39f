# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network of the servers in a local cloud."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING

from cloudctl import install, networks
from cloudctl.layout import Layout

if TYPE_CHECKING:
    from cloudctl.settings import Settings


def test_each_cloud_has_its_own_private_prefix() -> None:
    prefixes = [ipaddress.IPv6Network(f"{networks.prefix(Layout(Path(path)))}/64") for path in ("/one", "/two", "/one")]
    assert prefixes[0] == prefixes[2] != prefixes[1]
    assert all(prefix.is_private and prefix.subnet_of(ipaddress.IPv6Network("fd00::/8")) for prefix in prefixes)


def test_order_has_a_network_only_if_servers_can_have_ports(settings: Settings) -> None:
    assert networks.order(settings) is None
    order = networks.order(dataclasses.replace(settings, networks="flat"))
    assert order is not None
    assert order["allow_ping"] is False
    subnet = order["subnet"]
    assert ipaddress.ip_address(subnet["gateway_ip"]) in ipaddress.ip_network(subnet["cidr"])


def test_ovn_lets_the_probe_reach_the_servers(settings: Settings) -> None:
    order = networks.order(dataclasses.replace(settings, networks="ovn"))
    assert order is not None
    assert order["allow_ping"] is True


def test_drivers_are_a_complete_package(tmp_path: Path) -> None:
    """Neutron finds its drivers by their entry points."""
    install.install_neutron_drivers(tmp_path)
    (package,) = importlib.metadata.distributions(path=[str(tmp_path)])
    assert all(package.read_text(name) for name in ("METADATA", "WHEEL"))
    found = package.entry_points.select(group="neutron.ml2.mechanism_drivers")
    assert {driver.name for driver in found} == {"stackproof_flat", "stackproof_ovn"}
    for driver in found:
        assert f"class {driver.attr}(" in (tmp_path / f"{driver.module}.py").read_text()
