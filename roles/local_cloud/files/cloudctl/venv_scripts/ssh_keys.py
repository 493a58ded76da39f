# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create the SSH keys that compute hosts use during a cold migration.

Standard input is JSON: ``{"etc": …, "addresses": {"compute1": "127.73.62.11"}}``.

Each host keeps its keys in its folder ``ssh``. All hosts trust the same certificate authority, so a new host changes no
files of the other hosts.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import ssh

from cloudctl.venv_scripts.private_files import write_private

# The services of a compute host log in to other compute hosts as root.
LOGIN = "root"
# The end time of a certificate that does not expire.
FOREVER = 2**64 - 1


def private_text(key: ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )


def public_text(key: ed25519.Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)


def load_authority(path: Path) -> ed25519.Ed25519PrivateKey:
    """Return the key of the certificate authority. Create the key if it does not exist."""
    if not path.exists():
        write_private(path, private_text(ed25519.Ed25519PrivateKey.generate()))
    key = serialization.load_ssh_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise TypeError(path)
    return key


def sign(
    key: ed25519.Ed25519PrivateKey,
    kind: ssh.SSHCertificateType,
    principals: list[str],
    authority: ed25519.Ed25519PrivateKey,
) -> bytes:
    """Return an SSH certificate for the host names or for the login name in ``principals``."""
    builder = (
        ssh.SSHCertificateBuilder()
        .public_key(key.public_key())
        .serial(1)
        .type(kind)
        .key_id(principals[0].encode())
        .valid_principals([principal.encode() for principal in principals])
        .valid_after(0)
        .valid_before(FOREVER)
    )
    return builder.sign(authority).public_bytes()


def is_current(folder: Path, host: str, address: str, authority: ed25519.Ed25519PrivateKey) -> bool:
    """Return whether a host has all its SSH keys, and a certificate for this address."""
    trusted = folder / "authority.pub"  # create_keys writes this file last
    if not trusted.exists() or trusted.read_bytes() != public_text(authority):
        return False
    certificate = ssh.load_ssh_public_identity((folder / "host_key-cert.pub").read_bytes())
    return isinstance(certificate, ssh.SSHCertificate) and certificate.valid_principals == [
        host.encode(),
        address.encode(),
    ]


def create_keys(folder: Path, host: str, address: str, authority: ed25519.Ed25519PrivateKey) -> None:
    """Write the host key and the user key of a host, with their certificates."""
    for name, kind, principals in (
        ("host_key", ssh.SSHCertificateType.HOST, [host, address]),
        ("user_key", ssh.SSHCertificateType.USER, [LOGIN]),
    ):
        key = ed25519.Ed25519PrivateKey.generate()
        write_private(folder / name, private_text(key))
        write_private(folder / f"{name}-cert.pub", sign(key, kind, principals, authority))
    public = public_text(authority)
    write_private(folder / "ssh_known_hosts", b"@cert-authority * " + public + b"\n")
    write_private(folder / "authority.pub", public)


def main(order: dict[str, Any]) -> None:
    """Create the SSH files of each compute host that does not have valid SSH files."""
    etc = Path(order["etc"])
    authority = load_authority(etc / "authority" / "ssh_key")
    for host, address in order["addresses"].items():
        folder = etc / host / "ssh"
        if not is_current(folder, host, address, authority):
            create_keys(folder, host, address, authority)


if __name__ == "__main__":
    main(json.load(sys.stdin))
