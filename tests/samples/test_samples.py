# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answers of the local cloud and of the fake cloud.

The answers must match the recorded shapes and the schemas of Nova.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import text
from ansible_collections.stackproof.migration.tests.proof.lab import Lab
from ansible_collections.stackproof.migration.tests.samples import api_requests, recordings
from ansible_collections.stackproof.migration.tests.samples.clouds import FakeSampleCloud, LocalCloud
from ansible_collections.stackproof.migration.tests.samples.devices import DEVICES
from ansible_collections.stackproof.migration.tests.samples.scenario import Exchange, Scenario, shapes
from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud
from pytest_httpserver import HTTPServer

if TYPE_CHECKING:
    from collections.abc import Iterator

STATE = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state", "stackproof/migration")
PORT_BASE = 19090
SCHEMAS = Path(__file__).parent / "nova_schemas.py"


@dataclass(frozen=True)
class PlayedCloud:
    """A local cloud of a release after the scenario."""

    release: str
    python: Path
    newest: str
    exchanges: list[Exchange]


@pytest.fixture(scope="module", params=recordings.releases())
def local_cloud(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlayedCloud]:
    """Start a local cloud of one release and run the scenario on it. Remove the cloud afterwards."""
    inputs = {"local_cloud_hypervisor": "fake", "local_cloud_networks": "flat", "local_cloud_release": request.param}
    lab = Lab(STATE / f"samples-{request.param}", PORT_BASE, tmp_path_factory.mktemp("samples"), **inputs)
    try:
        lab.start()
        cloud = LocalCloud(lab.connect)
        with cloud.prepared():
            exchanges = Scenario(cloud).play()
        yield PlayedCloud(request.param, lab.folder / "venv/bin/python", text(cloud.offered.newest), exchanges)
    finally:
        lab.remove()


@pytest.fixture(scope="module")
def fake_exchanges(local_cloud: PlayedCloud) -> list[Exchange]:
    """Run the scenario on the fake cloud with the microversions of the release."""
    with HTTPServer(threaded=False) as server:
        fake = FakeCloud(server)
        fake.newest = local_cloud.newest
        return Scenario(FakeSampleCloud(fake)).play()


def _validate(python: Path, exchanges: list[Exchange]) -> dict[str, Any]:
    """Validate Nova's answers with the schemas of a release.

    Nova has no schemas for errors. Placement has no schemas.
    """
    answers = [
        {
            "method": exchange.request.method,
            "path": exchange.request.path,
            "action": exchange.request.action,
            "microversion": exchange.microversion,
            "body": exchange.body,
        }
        for exchange in exchanges
        if exchange.request.service == "compute" and exchange.status < 300
    ]
    done = subprocess.run([python, SCHEMAS], input=json.dumps(answers), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_local_cloud_answers_as_recorded(local_cloud: PlayedCloud) -> None:
    recorded = recordings.read(local_cloud.release)
    assert recorded.newest == local_cloud.newest
    # Some values depend on the moment of the request: a server has an end time only while Nova deletes the server.
    assert recordings.differences(recorded.answers, shapes(local_cloud.exchanges), null_optional=True) == []


def test_schemas_of_nova_accept_the_local_cloud(local_cloud: PlayedCloud) -> None:
    result = _validate(local_cloud.python, local_cloud.exchanges)
    assert (result["problems"], result["without_schema"]) == ([], [])
    assert result["checked"] > 0


def test_schemas_of_nova_accept_the_fake_cloud(local_cloud: PlayedCloud, fake_exchanges: list[Exchange]) -> None:
    result = _validate(local_cloud.python, fake_exchanges)
    assert (result["problems"], result["without_schema"]) == ([], [])
    assert result["checked"] > 0


def test_schemas_of_nova_accept_servers_with_devices(local_cloud: PlayedCloud) -> None:
    """No cloud of the tests has these devices, so their answers are not recorded."""
    request = api_requests.LIST_SERVERS_WITH_IMAGE_PROPERTIES
    exchanges = []
    for device in DEVICES:
        with HTTPServer(threaded=False) as server:
            fake = FakeCloud(server)
            fake.newest = local_cloud.newest
            device.add_to(fake)
            cloud = FakeSampleCloud(fake)
            status, body = cloud.send("admin", request, request.path, {"all_tenants": "1"}, None)
            exchanges.append(Exchange("admin", request, request.microversion(cloud.offered), status, body))
    result = _validate(local_cloud.python, exchanges)
    assert (result["problems"], result["without_schema"], result["checked"]) == ([], [], len(DEVICES))


def test_schemas_of_nova_refuse_a_wrong_type(local_cloud: PlayedCloud, fake_exchanges: list[Exchange]) -> None:
    """A check that accepts every answer would not pass this test."""
    exchange = next(entry for entry in fake_exchanges if entry.request.path == "/os-services")
    services = [{**service, "forced_down": "no"} for service in exchange.body["services"]]
    wrong = Exchange("admin", exchange.request, exchange.microversion, exchange.status, {"services": services})
    (problem,) = _validate(local_cloud.python, [wrong])["problems"]
    assert "forced_down" in problem


def test_fake_cloud_answers_as_the_local_cloud(local_cloud: PlayedCloud, fake_exchanges: list[Exchange]) -> None:
    found = recordings.differences(shapes(local_cloud.exchanges), shapes(fake_exchanges), null_optional=True)
    assert found == []
