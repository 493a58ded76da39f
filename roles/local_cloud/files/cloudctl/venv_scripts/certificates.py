# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create the TLS certificates of the compute hosts.

Standard input is JSON: ``{"etc": …, "addresses": {"compute1": "127.73.62.11"}}``.

A certificate changes only if the address of its host changes.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import sys
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cloudctl.venv_scripts.private_files import write_private

VALIDITY = dt.timedelta(days=3650)
USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
# Each host uses the same certificate as a TLS server and as a TLS client.
FILES = {
    "authority": ("CA/cacert.pem", "qemu/ca-cert.pem"),
    "certificate": (
        "libvirt/servercert.pem",
        "libvirt/clientcert.pem",
        "qemu/server-cert.pem",
        "qemu/client-cert.pem",
    ),
    "key": (
        "libvirt/private/serverkey.pem",
        "libvirt/private/clientkey.pem",
        "qemu/server-key.pem",
        "qemu/client-key.pem",
    ),
}


def as_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def builder(subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, *usages: str) -> x509.CertificateBuilder:
    """Return a certificate builder in which the common fields are set."""
    now = dt.datetime.now(dt.UTC)
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in (subject, issuer)]
    return (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + VALIDITY)
        .add_extension(x509.KeyUsage(**{usage: usage in usages for usage in USAGES}), critical=True)
    )


class Authority:
    """The certificate authority that signs the certificates of the hosts."""

    NAME = "stackproof local cloud"

    def __init__(self, folder: Path) -> None:
        """Read the key and the certificate of the certificate authority, or create them."""
        key_file, certificate_file = folder / "key.pem", folder / "certificate.pem"
        if not certificate_file.exists():
            key = ec.generate_private_key(ec.SECP256R1())
            signed = (
                builder(self.NAME, self.NAME, key, "key_cert_sign")
                .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
                .sign(key, hashes.SHA256())
            )
            write_private(key_file, as_pem(key))
            write_private(certificate_file, signed.public_bytes(serialization.Encoding.PEM))
        read = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        if not isinstance(read, ec.EllipticCurvePrivateKey):
            raise TypeError(key_file)
        self.key = read
        self.certificate = certificate_file.read_bytes()

    def issue(self, name: str, address: str) -> dict[str, bytes]:
        """Create a key and a certificate for a host. Return their content."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ipaddress.ip_address(address))])
        purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
        signed = (
            builder(name, self.NAME, key, "digital_signature", "key_encipherment")
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(names, critical=False)
            .add_extension(purposes, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        certificate = signed.public_bytes(serialization.Encoding.PEM)
        return {"authority": self.certificate, "certificate": certificate, "key": as_pem(key)}


def is_valid(pki: Path, authority: Authority, address: str) -> bool:
    """Return whether the compute host with this address has a valid certificate."""
    # The function main writes this file last. If this file exists, all files are complete.
    certificate = pki / FILES["certificate"][-1]
    if not certificate.exists() or (pki / FILES["authority"][-1]).read_bytes() != authority.certificate:
        return False
    known = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return ipaddress.ip_address(address) in names.get_values_for_type(x509.IPAddress)


def main(order: dict[str, Any]) -> None:
    """Create the certificates of each host that has no valid certificate."""
    etc = Path(order["etc"])
    authority = Authority(etc / "authority")
    for name, address in order["addresses"].items():
        pki = etc / name / "pki"
        if not is_valid(pki, authority, address):
            content = authority.issue(name, address)
            for kind in ("authority", "key", "certificate"):
                for place in FILES[kind]:
                    write_private(pki / place, content[kind])


if __name__ == "__main__":
    main(json.load(sys.stdin))
