# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cloudctl.api import Api, ApiError, missing_parts

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer

AUTH = {
    "username": "admin",
    "password": "secret",
    "project_name": "admin",
    "user_domain_name": "Default",
    "project_domain_name": "Default",
}
STARTED = {"compute1": 1700000000}  # 22:13:20
UP = {"host": "compute1", "state": "up", "updated_at": "2023-11-14T22:13:21.000000"}
NOVA = {"hypervisor_hostname": "compute1"}
PROVIDER = {"name": "compute1"}
SEEN = {"compute1": STARTED["compute1"] + 1}
A_SERVICE = "a compute service that is up"


@pytest.fixture
def api(httpserver: HTTPServer) -> Api:
    httpserver.expect_request("/v3/auth/tokens", method="POST").respond_with_json({}, headers={"X-Subject-Token": "t"})
    return Api(dict.fromkeys(("keystone", "nova", "placement", "neutron"), httpserver.port), AUTH)


def test_uses_one_token_for_all_requests(api: Api, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v2.1/servers", headers={"X-Auth-Token": "t"}).respond_with_json({"servers": []})
    assert api.get("nova", "/v2.1/servers") == api.get("nova", "/v2.1/servers") == {"servers": []}
    tokens = [request for request, _ in httpserver.log if request.method == "POST"]
    (told,) = [request.get_json()["auth"] for request in tokens]
    assert told["identity"]["password"]["user"]["password"] == "secret"
    assert told["scope"]["project"]["name"] == "admin"


def test_error_has_status_and_body(api: Api, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v2.1/servers").respond_with_data("no database", status=503)
    with pytest.raises(ApiError, match=r"nova: HTTP 503 for GET /v2.1/servers: no database"):
        api.get("nova", "/v2.1/servers")


def test_error_if_no_service_listens() -> None:
    with pytest.raises(ApiError, match="keystone does not respond to POST /v3/auth/tokens"):
        Api({"keystone": 1, "nova": 1}, AUTH).get("nova", "/")


@pytest.mark.parametrize(
    ("heartbeats", "services", "hypervisors", "providers", "lacks"),
    [
        (SEEN, [UP], [NOVA], [PROVIDER], {}),
        (SEEN, [{**UP, "state": "down"}], [NOVA], [PROVIDER], {"compute1": [A_SERVICE]}),
        # The last heartbeat is that of the process before the restart.
        (STARTED, [UP], [NOVA], [PROVIDER], {"compute1": [A_SERVICE]}),
        ({}, [UP], [NOVA], [PROVIDER], {"compute1": [A_SERVICE]}),
        (SEEN, [UP], [], [PROVIDER], {"compute1": ["a hypervisor mapped to the cell"]}),
        (SEEN, [UP], [NOVA], [{"name": "compute2"}], {"compute1": ["a resource provider in Placement"]}),
    ],
)
def test_returns_what_each_host_lacks(
    api: Api,
    httpserver: HTTPServer,
    heartbeats: dict[str, float],
    services: list[Any],
    hypervisors: list[Any],
    providers: list[Any],
    lacks: dict[str, list[str]],
) -> None:
    for path, answer in (
        ("/v2.1/os-services", {"services": services}),
        ("/v2.1/os-hypervisors", {"hypervisors": hypervisors}),
        ("/resource_providers", {"resource_providers": providers}),
    ):
        httpserver.expect_request(path).respond_with_json(answer)
    assert missing_parts(api, STARTED, heartbeats) == lacks


@pytest.mark.parametrize(
    ("agents", "lacks"),
    [
        ([{"host": "compute1", "alive": True}], {}),
        ([{"host": "compute1", "alive": False}], {"compute1": ["a Neutron agent that is alive"]}),
        ([{"host": "switch", "alive": True}], {"compute1": ["a Neutron agent that is alive"]}),
    ],
)
def test_host_with_ovn_needs_an_agent(
    api: Api, httpserver: HTTPServer, agents: list[dict[str, Any]], lacks: dict[str, list[str]]
) -> None:
    for path, answer in (
        ("/v2.1/os-services", {"services": [UP]}),
        ("/v2.1/os-hypervisors", {"hypervisors": [NOVA]}),
        ("/resource_providers", {"resource_providers": [PROVIDER]}),
        ("/v2.0/agents", {"agents": agents}),
    ):
        httpserver.expect_request(path).respond_with_json(answer)
    assert missing_parts(api, STARTED, SEEN) == {}
    assert missing_parts(api, STARTED, SEEN, with_agents=True) == lacks


def test_replaces_an_expired_token(api: Api, httpserver: HTTPServer) -> None:
    httpserver.expect_oneshot_request("/v2.1/servers").respond_with_data("", status=401)
    httpserver.expect_request("/v2.1/servers").respond_with_json({})
    with pytest.raises(ApiError, match="HTTP 401"):
        api.get("nova", "/v2.1/servers")
    assert api.get("nova", "/v2.1/servers") == {}
    assert [request.method for request, _ in httpserver.log] == ["POST", "GET", "POST", "GET"]
