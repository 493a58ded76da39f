# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SSH keys of the compute hosts, and their certificates with contents and signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cloudctl.venv_scripts import ssh_keys
from cloudctl.venv_scripts.private_files import write_private
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, ssh

if TYPE_CHECKING:
    from pathlib import Path

HOSTS = {"compute1": "127.73.62.11", "compute2": "127.73.62.12"}


def create(etc: Path, **addresses: str) -> None:
    ssh_keys.main({"etc": str(etc), "addresses": {**HOSTS, **addresses}})


def read_files(etc: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in etc.rglob("*") if path.is_file()}


def certificate(path: Path) -> ssh.SSHCertificate:
    identity = ssh.load_ssh_public_identity(path.read_bytes())
    assert isinstance(identity, ssh.SSHCertificate)
    identity.verify_cert_signature()
    return identity


@pytest.mark.parametrize(
    ("key", "kind", "principals"),
    [
        ("host_key", ssh.SSHCertificateType.HOST, [b"compute2", b"127.73.62.12"]),
        ("user_key", ssh.SSHCertificateType.USER, [b"root"]),
    ],
)
def test_certificate_names_host_or_login(
    tmp_path: Path, key: str, kind: ssh.SSHCertificateType, principals: list[bytes]
) -> None:
    create(tmp_path)
    folder = tmp_path / "compute2/ssh"
    found = certificate(folder / f"{key}-cert.pub")
    assert (found.type, found.valid_principals) == (kind, principals)
    private = ssh.load_ssh_private_key((folder / key).read_bytes(), password=None)
    assert found.public_key() == private.public_key()
    authority = ssh.load_ssh_public_key((folder / "authority.pub").read_bytes())
    assert found.signature_key() == authority
    assert (folder / "ssh_known_hosts").read_bytes() == b"@cert-authority * " + (
        folder / "authority.pub"
    ).read_bytes() + b"\n"


def test_only_the_owner_reads_the_files(tmp_path: Path) -> None:
    create(tmp_path)
    assert {path.stat().st_mode & 0o777 for path in read_files(tmp_path)} == {0o600}


def test_keeps_existing_files(tmp_path: Path) -> None:
    create(tmp_path)
    before = read_files(tmp_path)
    create(tmp_path)
    assert read_files(tmp_path) == before


def test_new_host_changes_no_file_of_other_hosts(tmp_path: Path) -> None:
    create(tmp_path)
    before = read_files(tmp_path)
    create(tmp_path, compute3="127.73.62.13")
    assert before.items() < read_files(tmp_path).items()


@pytest.mark.parametrize("lost", ["authority.pub", "../../authority/ssh_key"])
def test_keys_are_replaced_after_interruption_and_loss_of_authority(tmp_path: Path, lost: str) -> None:
    create(tmp_path)
    before = (tmp_path / "compute1/ssh/host_key").read_bytes()
    (tmp_path / "compute1/ssh" / lost).unlink()
    create(tmp_path)
    assert (tmp_path / "compute1/ssh/host_key").read_bytes() != before
    certificate(tmp_path / "compute1/ssh/host_key-cert.pub")


def test_new_address_replaces_the_keys_of_that_host(tmp_path: Path) -> None:
    create(tmp_path)
    before = read_files(tmp_path)
    create(tmp_path, compute2="127.80.0.12")
    changed = {path for path, content in read_files(tmp_path).items() if before[path] != content}
    assert {path.relative_to(tmp_path).parts[0] for path in changed} == {"compute2"}
    assert certificate(tmp_path / "compute2/ssh/host_key-cert.pub").valid_principals == [b"compute2", b"127.80.0.12"]


def test_authority_of_another_type_is_refused(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    path = tmp_path / "authority" / "ssh_key"
    write_private(path, key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    with pytest.raises(TypeError, match="ssh_key"):
        create(tmp_path)
