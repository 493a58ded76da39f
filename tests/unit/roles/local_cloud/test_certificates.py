# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates of libvirt hosts, tested with real connections.

Only hosts of the same cloud can connect to each other.
"""

from __future__ import annotations

import socket
import ssl
import threading
from typing import TYPE_CHECKING

import pytest
from cloudctl.venv_scripts import certificates

if TYPE_CHECKING:
    from pathlib import Path

HOSTS = {"compute1": "127.0.0.1", "compute2": "127.73.62.12"}


def make(etc: Path, **addresses: str) -> None:
    certificates.main({"etc": str(etc), "addresses": {**HOSTS, **addresses}})


def snapshot(etc: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in etc.rglob("*.pem")}


def talk(server: Path, client: Path | None) -> bytes:
    """Connect a client to the server of compute1. Return what the client receives.

    The client has the certificate of the host with this name.
    """
    accepting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    accepting.verify_mode = ssl.CERT_REQUIRED
    accepting.load_verify_locations(server / "CA/cacert.pem")
    accepting.load_cert_chain(server / "libvirt/servercert.pem", server / "libvirt/private/serverkey.pem")
    calling = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    calling.load_verify_locations(server / "CA/cacert.pem")
    if client is not None:
        calling.load_cert_chain(client / "libvirt/clientcert.pem", client / "libvirt/private/clientkey.pem")
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def reap_children() -> None:
            plain, _address = listener.accept()
            try:
                with plain, accepting.wrap_socket(plain, server_side=True) as channel:
                    channel.sendall(b"welcome")
            except (ssl.SSLError, ConnectionError):
                pass

        thread = threading.Thread(target=reap_children)
        thread.start()
        try:
            with (
                socket.create_connection(listener.getsockname(), timeout=10) as plain,
                calling.wrap_socket(plain, server_hostname="127.0.0.1") as channel,
            ):
                return channel.recv(16)
        finally:
            thread.join()


def test_only_hosts_of_the_same_cloud_can_connect(tmp_path: Path) -> None:
    make(tmp_path / "ours")
    make(tmp_path / "theirs")
    server = tmp_path / "ours/compute1/pki"
    assert talk(server, tmp_path / "ours/compute2/pki") == b"welcome"
    for stranger in (None, tmp_path / "theirs/compute2/pki"):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            talk(server, stranger)


def test_every_file_is_private(tmp_path: Path) -> None:
    make(tmp_path)
    assert {path.stat().st_mode & 0o777 for path in snapshot(tmp_path)} == {0o600}
    assert (tmp_path / "compute1/pki/qemu/ca-cert.pem").read_bytes() == (
        tmp_path / "authority/certificate.pem"
    ).read_bytes()


def test_keeps_existing_certificates(tmp_path: Path) -> None:
    make(tmp_path)
    before = snapshot(tmp_path)
    make(tmp_path)
    assert snapshot(tmp_path) == before
    make(tmp_path, compute3="127.73.62.13")
    assert before.items() <= snapshot(tmp_path).items()


def test_new_address_or_authority_replaces_certificates(tmp_path: Path) -> None:
    make(tmp_path)
    before = snapshot(tmp_path)
    make(tmp_path, compute2="127.80.0.12")
    changed = {path for path, content in snapshot(tmp_path).items() if before[path] != content}
    assert {path.relative_to(tmp_path).parts[0] for path in changed} == {"compute2"}
    (tmp_path / "authority/certificate.pem").unlink()
    make(tmp_path, compute2="127.80.0.12")
    assert not set(before.values()) & set(snapshot(tmp_path).values())
