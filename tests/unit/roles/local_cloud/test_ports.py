# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest
from cloudctl.errors import CloudError
from cloudctl.ports import is_free, listened_on, require_free, require_free_on_hosts

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_error_for_a_used_port_names_the_variable(taken: int) -> None:
    assert not is_free(taken)
    with pytest.raises(CloudError, match=rf"port {taken} \(for glance\).*{taken} to {taken}.*local_cloud_port_base"):
        require_free({"glance": taken})


def test_recently_closed_port_is_free(taken: int) -> None:
    with socket.create_connection(("127.0.0.1", taken)):
        pass
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
    assert is_free(port)
    require_free({"nova": port})


def test_own_ports_are_accepted(taken: int) -> None:
    own = listened_on([os.getpid()])
    assert ("127.0.0.1", taken) in own
    require_free({"glance": taken}, own)
    require_free_on_hosts({"compute1": "127.0.0.1"}, [taken], own)
    with pytest.raises(CloudError, match=f"127.0.0.1 port {taken}, which compute1 needs"):
        require_free_on_hosts({"compute1": "127.0.0.1"}, [taken])


def test_returns_only_ports_of_own_processes(taken: int) -> None:
    # The function ignores sockets that do not listen. It ignores ports of other processes. It ignores processes that
    # have ended.
    with socket.create_connection(("127.0.0.1", taken)) as talks:
        assert talks.getsockname() not in listened_on([os.getpid()])
    assert ("127.0.0.1", taken) not in listened_on([os.getppid(), 2**30])


@pytest.mark.parametrize("base", [0, -5, 65530, 70000])
def test_refuses_ports_that_do_not_exist(base: int) -> None:
    with pytest.raises(CloudError, match="Set local_cloud_port_base to 1 to 65528"):
        require_free({str(number): base + number for number in range(8)})
