# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The probe in another network namespace of this machine."""

from __future__ import annotations

import errno
import os
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._probe import namespace
from ansible_collections.stackproof.migration.plugins.module_utils._probe.namespace import entered
from ansible_collections.stackproof.migration.plugins.module_utils._probe.prober import Icmp, Prober, Tcp

if TYPE_CHECKING:
    from collections.abc import Iterator

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="Only root can create a network namespace.")
# An address of RFC 5737, which this machine does not have outside of the namespace.
ADDRESS = "192.0.2.1"


@pytest.fixture
def netns() -> Iterator[str]:
    """Yield the path of a network namespace with the address."""
    script = f"ip link set lo up && ip address add {ADDRESS}/32 dev lo && echo ready && exec sleep 60"
    command = ["unshare", "--net", "--", "/bin/sh", "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield f"/proc/{process.pid}/ns/net"
        process.kill()


def own() -> Path:
    return namespace.OWN.readlink()


@needs_root
def test_only_the_calling_thread_enters_and_leaves_the_namespace(netns: str) -> None:
    before, seen = own(), []
    with entered(netns):
        assert own() == Path(netns).readlink() != before
        thread = threading.Thread(target=lambda: seen.append(own()))
        with pytest.raises(ValueError, match="the body fails"), entered(None):
            raise ValueError("the body fails")
    thread.start()
    thread.join()
    assert (own(), seen) == (before, [before])


@needs_root
@pytest.mark.parametrize("target", [Icmp(ADDRESS, 0.02), Tcp(ADDRESS, 9, 0.02)], ids=["icmp", "tcp"])
def test_prober_reaches_an_address_of_the_namespace(netns: str, target: Icmp | Tcp) -> None:
    before = own()
    with Prober([target], 0.02, SYSTEM_CLOCK, netns) as prober:
        for _ in range(100):
            if target.tracker.answered > 5:
                break
            SYSTEM_CLOCK.sleep(0.02)
        assert prober.ended_by() is None
    assert target.tracker.answered > 5
    assert own() == before


@pytest.mark.parametrize(
    ("name", "names", "advice"),
    [
        ("qdhcp-ad", ["qdhcp-ab", "other"], "Did you mean qdhcp-ab?"),
        (
            "guests",
            ["first", "second"],
            "The machine that runs the module has: first, second. Set netns to the name or",
        ),
        ("guests", [], "has no namespace. Set netns to the name or the path of a network namespace."),
    ],
)
def test_namespace_that_does_not_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, names: list[str], advice: str
) -> None:
    monkeypatch.setattr(namespace, "FOLDER", tmp_path)
    for existing in names:
        (tmp_path / existing).touch()
    with pytest.raises(InputError) as caught, entered(name):
        pass
    assert f"probe: there is no network namespace {name!r} (netns). " in caught.value.failure.message
    assert advice in caught.value.failure.message


def test_path_that_does_not_exist(tmp_path: Path) -> None:
    with (
        pytest.raises(InputError, match=r"there is no network namespace .*No such file or directory"),
        entered(f"{tmp_path}/nowhere/netns"),
    ):
        pass


@needs_root
def test_file_that_is_not_a_namespace(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(InputError, match=r"netns must be a network namespace, found .*: Invalid argument"),
        entered(f"{tmp_path}/file"),
    ):
        pass


def test_user_who_may_not_enter(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_file: int) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(namespace, "set_namespace", refuse)
    with (
        pytest.raises(InputError, match=r"may not enter the network namespace .*CAP_SYS_ADMIN"),
        entered("/proc/self/ns/net"),
    ):
        pass


@needs_root
def test_set_namespace_reports_the_error_of_the_kernel() -> None:
    with Path(os.devnull).open("rb") as file, pytest.raises(OSError, match="Invalid argument") as caught:
        namespace.set_namespace(file.fileno())
    assert caught.value.errno == errno.EINVAL
