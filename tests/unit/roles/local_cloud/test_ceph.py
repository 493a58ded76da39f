# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from cloudctl import ceph, preconditions
from cloudctl.errors import CloudError
from cloudctl.settings import Settings

from .conftest import ROLE

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def rbd(order: dict[str, Any]) -> Settings:
    hypervisor = yaml.safe_load((ROLE / "vars/hypervisors/libvirt.yml").read_text())["__local_cloud_hypervisor"]
    changes = {"hypervisor": hypervisor, "volumes": "rbd", "port_base": 18750}
    return Settings.from_json(json.dumps({**order, **changes}))


def test_key_contains_its_type_and_the_secret() -> None:
    # ceph-authtool reads this key, and prints the same.
    assert ceph.key_of("000102030405060708090a0b0c0d0e0f") == "AQAAAAAAAAAAABAAAAECAwQFBgcICQoLDA0ODw=="


def test_only_volumes_of_the_kind_rbd_need_ceph(rbd: Settings) -> None:
    assert rbd.storage_programs == ("ceph-mon", "ceph-osd")
    assert set(rbd.storage_programs) < set(rbd.programs)
    assert {"rados.*.so", "rbd.*.so"} < set(rbd.distribution_modules)
    for volumes in ("nfs", "none"):
        other = dataclasses.replace(rbd, volumes=volumes)
        assert (other.storage_programs, "ceph-mon" in other.programs) == ((), False)
        assert "rbd.*.so" not in other.distribution_modules


def test_ceph_has_an_address_of_its_own(rbd: Settings) -> None:
    assert rbd.ceph_address == "127.73.62.2"
    assert rbd.ceph_address not in rbd.addresses.values()


def test_qemu_must_have_the_module_of_ceph(rbd: Settings, tmp_path: Path) -> None:
    for place in ("usr/bin/qemu-system-x86_64", "usr/share/qemu/x", "usr/lib/x86_64-linux-gnu/qemu/x"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).touch()
    settings = dataclasses.replace(rbd, hypervisor_settings={**rbd.hypervisor_settings, "qemu": str(tmp_path)})
    with pytest.raises(CloudError, match=r"QEMU has no module for Ceph: .*block-rbd\.so does not exist\. Install"):
        preconditions.require_qemu_of_storage(settings)
    (tmp_path / "usr/lib/x86_64-linux-gnu/qemu/block-rbd.so").touch()
    preconditions.require_qemu_of_storage(settings)
    preconditions.require_qemu_of_storage(dataclasses.replace(settings, volumes="nfs"))
