# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures that all tests of the plugins share."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from ansible.module_utils.common.warnings import _global_warnings
from ansible.module_utils.testing import patch_module_args
from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud, connect
from ansible_collections.stackproof.migration.tests.unit.plugins.broker import BIN, Broker
from ansible_collections.stackproof.migration.tests.unit.plugins.certificates import self_signed
from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud
from pytest_httpserver import HTTPServer

if TYPE_CHECKING:
    from types import ModuleType

Run = Callable[..., dict[str, Any]]


def pytest_configure(config: pytest.Config) -> None:
    # openstacksdk warns about its own deprecated modules, which no test imports.
    config.addinivalue_line("filterwarnings", "ignore::PendingDeprecationWarning")


@pytest.fixture(autouse=True)
def _no_settings_of_the_host(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Hide the clouds.yaml and the OS_* variables of the user who runs the tests."""
    for name in ("OS_CLOUD", "OS_AUTH_URL", "OS_CLIENT_CONFIG_FILE", "OS_USERNAME", "OS_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def http() -> Iterator[HTTPServer]:
    # All tests share one HTTP server. To stop a server takes half a second.
    with HTTPServer(threaded=False) as server:
        yield server


@pytest.fixture
def fake(http: HTTPServer) -> FakeCloud:
    http.clear()
    return FakeCloud(http)


@pytest.fixture
def cloud(fake: FakeCloud) -> Cloud:
    return connect(fake.params, fake.time.clock)


@pytest.fixture
def run(fake: FakeCloud, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs a module in this process.

    The function checks whether the module fails, and returns the result of the module.
    """
    # An import of ansible-core's controller code sets this to True. With True a module displays its warnings and does
    # not return them.
    monkeypatch.setattr("ansible.module_utils._internal.is_controller", False)
    # A module process starts without warnings. Therefore this removes the warnings of earlier modules.
    _global_warnings.clear()

    def run_module(module: ModuleType, /, *, fails: bool | None = False, **options: Any) -> dict[str, Any]:
        arguments = {**fake.params, **options}
        with patch_module_args(arguments), pytest.raises(SystemExit) as left:
            module.main(fake.time.clock)
        result: dict[str, Any] = json.loads(capsys.readouterr().out)
        failed = bool(left.value.code)
        assert failed == result.get("failed", False) == (failed if fails is None else fails), result.get("msg")
        return result

    return run_module


@pytest.fixture
def closed_port() -> int:
    """Return a port on which no program listens. The kernel refuses every connection to this port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def deaf_port() -> Iterator[int]:
    """Yield a port that answers no connection. The queue of the listening socket is full."""
    with contextlib.ExitStack() as left, socket.create_server(("127.0.0.1", 0), backlog=0) as deaf:
        address = deaf.getsockname()
        for _number in range(4):
            one = left.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(address)
        yield int(address[1])


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Yield a private RabbitMQ. All tests share it, because its start takes some seconds."""
    if not BIN.is_dir():
        pytest.skip("RabbitMQ is not installed (package rabbitmq-server)")
    folder = tmp_path_factory.mktemp("broker")
    broker = Broker(folder, self_signed(folder))
    try:
        broker.start()
        broker.prepare()
        yield broker
    finally:
        broker.stop()
