# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import logging
import socket
import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api import client, microversions
from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud, connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CatalogError,
    CloudError,
    ConfigurationError,
    DroppedError,
    MicroversionError,
    ServiceError,
    TlsError,
    UnexpectedAnswerError,
    UnreachableError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline
from ansible_collections.stackproof.migration.tests.unit.plugins.certificates import self_signed
from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import PASSWORD, TOKEN
from pytest_httpserver import HTTPServer

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud

CREDENTIALS = {
    "username": "u",
    "password": "p",
    "project_name": "x",
    "user_domain_name": "D",
    "project_domain_name": "D",
}


def read(cloud: Cloud) -> Any:
    return cloud.get("/flavors/detail", "Listing the flavors", need=microversions.FLAVORS)


def read_providers(cloud: Cloud) -> Any:
    return cloud.read("placement", "/resource_providers", "Listing the resource providers", microversion="1.14")


def denied(policy: str) -> dict[str, Any]:
    return {"forbidden": {"message": f"Policy doesn't allow {policy} to be performed."}}


def test_authenticates_once_and_requests_the_newest_common_microversion(fake: FakeCloud, cloud: Cloud) -> None:
    read(cloud)
    read(cloud)
    assert fake.count("POST", "auth/tokens") == 1
    assert fake.count("GET", "/compute/$") == 1
    assert [seen.microversion for seen in fake.requests if "flavors" in seen.path] == ["2.61", "2.61"]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_retries_reads_with_growing_intervals(fake: FakeCloud, cloud: Cloud, status: int) -> None:
    fake.fault("GET", "flavors", status=status, times=3)
    assert read(cloud)["flavors"]
    assert fake.time.sleeps == [0.5, 1.0, 2.0]


def test_retries_reads_whose_connection_was_dropped(fake: FakeCloud, cloud: Cloud) -> None:
    fake.fault("GET", "flavors", drop=True)
    assert read(cloud)["flavors"]
    assert fake.time.sleeps == [0.5]


@pytest.mark.parametrize("status", [413, 429])
def test_retries_after_the_seconds_in_retry_after(fake: FakeCloud, cloud: Cloud, status: int) -> None:
    fake.fault("GET", "flavors", status=status, headers={"Retry-After": "7"})
    assert read(cloud)["flavors"]
    assert fake.time.sleeps == [7.0]


def test_retries_end_after_a_minute(fake: FakeCloud, cloud: Cloud) -> None:
    fake.fault("GET", "flavors", status=503, times=99)
    with pytest.raises(ServiceError, match="HTTP 503"):
        read(cloud)
    assert 50 < fake.time.now <= client.RETRY_SECONDS


def test_retries_end_at_the_deadline(fake: FakeCloud, cloud: Cloud) -> None:
    fake.fault("GET", "flavors", status=503, times=99)
    cloud.deadline = Deadline(fake.time.clock, 4)
    with pytest.raises(ServiceError):
        read(cloud)
    assert fake.time.now <= 4


@pytest.mark.parametrize(("status", "error"), [(500, ServiceError), (503, DroppedError)])
def test_does_not_retry_changes(fake: FakeCloud, cloud: Cloud, status: int, error: type[CloudError]) -> None:
    fake.fault("POST", "/servers$", status=status, times=9)
    with pytest.raises(error):
        cloud.send("POST", "/servers", "Booting", json={})
    assert fake.count("POST", "/servers$") == 1


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (400, {"badRequest": {"message": "Bad flavor."}}, "bad_request", "answered HTTP 400: Bad flavor."),
        (400, {"badRequest": {"message": "No valid host was found."}}, "no_valid_host", "capacity, state, aggregates"),
        (403, {"forbidden": {"message": "Quota exceeded for cores"}}, "quota", "raise the quota"),
        (403, {"forbidden": {"message": "You are not welcome."}}, "permission", "whose role the policy allows"),
        (
            403,
            denied("os_compute_api:os-migrate-server:migrate_live"),
            "permission",
            "admin or, since Nova 32 (2025.2), manager",
        ),
        (
            403,
            denied("os_compute_api:os-migrate-server:migrate_live:host"),
            "permission",
            "requires by default the role admin",
        ),
        (
            403,
            denied("os_compute_api:flavors"),
            "permission",
            "Use credentials that the policy os_compute_api:flavors allows",
        ),
        (404, {"itemNotFound": {"message": "No such flavor"}}, "not_found", "No such flavor"),
        (406, {"errors": [{"title": "Not Acceptable"}]}, "microversion", "Not Acceptable"),
        (409, {"conflictingRequest": {"message": "It is in vm_state stopped"}}, "conflict", "vm_state stopped"),
        (418, {"message": "I am a teapot"}, "bad_request", "I am a teapot"),
        (501, {"other": 1}, "service", "answered HTTP 501. See the log of the service"),
        (409, "<html><h1>Conflict</h1>  in the   proxy</html>", "conflict", "HTTP 409: Conflict in the proxy"),
        (409, [1], "conflict", "answered HTTP 409."),
    ],
)  # fmt: skip
def test_error_for_each_http_status_has_advice(
    fake: FakeCloud, cloud: Cloud, status: int, body: Any, kind: str, words: str
) -> None:
    fake.fault("GET", "flavors", status=status, body=body)
    with pytest.raises(CloudError) as caught:
        read(cloud)
    failure = caught.value.failure
    assert failure.kind == kind
    assert failure.message.startswith("Listing the flavors: the compute service answered HTTP ")
    assert words in failure.message
    assert failure.service == "compute"
    assert failure.http_status == status
    assert str(failure.request_id).startswith("req-")


def test_renews_an_expired_token(fake: FakeCloud, cloud: Cloud) -> None:
    fake.fault("GET", "flavors", status=401)
    assert read(cloud)["flavors"]
    assert fake.count("POST", "auth/tokens") == 2


def test_error_when_a_new_token_is_refused(fake: FakeCloud, cloud: Cloud) -> None:
    fake.fault("GET", "flavors", status=401, times=9)
    with pytest.raises(CloudError) as caught:
        read(cloud)
    assert caught.value.failure.kind == "authentication"


def test_error_for_a_wrong_password_hides_the_password(fake: FakeCloud) -> None:
    params = fake.params
    params["auth"]["password"] = "not-the-password"
    with pytest.raises(CloudError) as caught:
        read(connect(params, fake.time.clock))
    assert caught.value.failure.kind == "authentication"
    assert "refused the credentials" in str(caught.value)
    assert "not-the-password" not in str(caught.value)


def test_error_if_no_program_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(UnreachableError, match="nothing answers"):
        read(connect({"auth": {"auth_url": f"http://127.0.0.1:{port}/v3", **CREDENTIALS}}))


def test_error_when_the_host_name_does_not_resolve() -> None:
    with pytest.raises(UnreachableError, match="cannot be resolved"):
        read(connect({"auth": {"auth_url": "http://nowhere.invalid/v3", **CREDENTIALS}}))


def test_error_when_the_endpoint_has_no_tls(fake: FakeCloud) -> None:
    params = fake.params
    params["auth"]["auth_url"] = params["auth"]["auth_url"].replace("http:", "https:")
    with pytest.raises(TlsError, match="ca_cert"):
        read(connect(params, fake.time.clock))


def test_error_for_an_untrusted_certificate(fake: FakeCloud, tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with HTTPServer(ssl_context=context) as server:
        auth = {"auth_url": server.url_for("/v3").replace("localhost", "127.0.0.1"), **CREDENTIALS}
        with pytest.raises(TlsError, match=r"self-signed certificate.*Set ca_cert"):
            read(connect({"auth": auth}))
        # With ca_cert, or with verify false, the request reaches the server. The error is then the HTTP 500 of the
        # server.
        for told in ({"ca_cert": str(certificate)}, {"validate_certs": False}):
            with pytest.raises(ServiceError, match="the identity service answered HTTP 500"):
                read(connect({"auth": auth, **told}, fake.time.clock))


def test_error_when_auth_url_is_not_keystone(fake: FakeCloud) -> None:
    params = fake.params
    params["auth"]["auth_url"] = f"{fake.url}/elsewhere"
    with pytest.raises(CloudError, match="Check auth_url"):
        read(connect(params, fake.time.clock))


def test_error_when_the_catalog_lacks_a_service(fake: FakeCloud, cloud: Cloud) -> None:
    fake.services_without = {"compute", "placement"}
    with pytest.raises(CatalogError, match="Check region_name and interface"):
        read(cloud)
    with pytest.raises(CatalogError, match="placement"):
        cloud.read("placement", "/allocations/x", "Reading")


def test_error_for_an_unknown_region(fake: FakeCloud) -> None:
    with pytest.raises(CatalogError, match="region"):
        read(connect({**fake.params, "region_name": "Atlantis"}, fake.time.clock))


def test_error_when_compute_states_no_microversions(fake: FakeCloud, cloud: Cloud) -> None:
    fake.newest = fake.oldest = ""
    with pytest.raises(ServiceError, match="states no microversions"):
        read(cloud)


def test_waits_for_a_compute_api_that_restarts(fake: FakeCloud, cloud: Cloud) -> None:
    """While the Compute API restarts, a module must retry discovery.

    The SDK hides the cause of this error.
    """
    fake.fault("GET", r"/compute(/v2\.1)?/?$", status=503, times=5)
    read(cloud)
    assert cloud.microversions.newest >= (2, 61)


def test_error_if_compute_does_not_answer(fake: FakeCloud, cloud: Cloud) -> None:
    fake.fault("GET", r"/compute(/v2\.1)?/?$", drop=True, times=99)
    with pytest.raises(DroppedError, match="ended without an answer"):
        read(cloud)
    assert 10 < fake.time.now <= 20


@pytest.mark.parametrize("name", ["compute_default_microversion", "compute_api_version"])
def test_error_if_settings_name_an_unsupported_microversion(fake: FakeCloud, name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(connect({"cloud": {**fake.params, name: "2.120"}}, fake.time.clock))
    assert str(caught.value) == (
        f"{name}=2.120: the compute service offers only the microversions 2.1 to 2.104. Remove the"
        " setting from the options cloud or auth. This collection chooses the microversion of each request."
    )


@pytest.mark.parametrize(
    ("path", "request_of", "service"),
    [
        ("flavors", read, "compute"),
        ("resource_providers", read_providers, "placement"),
    ],
)
@pytest.mark.parametrize("status", [None, 404, 400])
def test_error_if_the_response_has_another_microversion(
    fake: FakeCloud, cloud: Cloud, path: str, request_of: Any, service: str, status: int | None
) -> None:
    fake.answers_as = "2.1"
    if status:
        fake.fault("GET", path, status=status, headers={"OpenStack-API-Version": f"{service} 2.1"})
    message = rf"the {service} service answered with microversion 2\.1 .* required [0-9.]+\."
    with pytest.raises(MicroversionError, match=message):
        request_of(cloud)


def test_accepts_a_response_without_a_microversion(fake: FakeCloud, cloud: Cloud) -> None:
    fake.fault("GET", "flavors", status=200, body={"flavors": []})
    assert read(cloud) == {"flavors": []}


@pytest.mark.parametrize(
    ("scope", "added"), [(None, ""), ("domain", " but to the domain Default"), ("system", " but to the system")]
)
def test_error_for_a_token_without_a_project(fake: FakeCloud, cloud: Cloud, scope: str | None, added: str) -> None:
    fake.scope = scope
    with pytest.raises(ConfigurationError) as caught:
        read(cloud)
    assert str(caught.value) == (
        f"The token is not scoped to a project{added}. Set project_name (and project_domain_name) in the options cloud"
        " or auth."
    )


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, 'expected the key "flavors", found an object with no keys'),
        ({"flavour": []}, 'expected the key "flavors", found an object with the keys flavour'),
        ({"flavors": None}, "expected a list at flavors, found null"),
        ({"flavors": {"a": 1}}, "expected a list at flavors, found an object"),
        ({"flavors": ["a"]}, "expected an object at flavors[0], found a string"),
        (
            {"flavors": [{"id": "1"}, {"name": "tiny"}]},
            "expected the key flavors[1].id, found an object with the keys name",
        ),
        ({"flavors": [{"id": 1}]}, "expected a string at flavors[0].id, found a number"),
        ([], "expected a JSON object, found a list"),
        ("null", "expected a JSON object, found null"),
        ("", "expected a JSON object, found an empty body"),
        ("[" * 100_000, "expected JSON, found a text that begins with"),
    ],
    ids=[
        "no key",
        "another key",
        "null",
        "object",
        "strings",
        "no id",
        "number",
        "list",
        "JSON null",
        "empty",
        "too deep",
    ],
)
def test_error_for_an_unexpected_response_names_request_and_expected_content(
    fake: FakeCloud, cloud: Cloud, body: Any, found: str
) -> None:
    fake.fault("GET", "flavors", status=200, body=body, times=9)
    with pytest.raises(UnexpectedAnswerError) as caught:
        cloud.pages("/flavors/detail", "flavors", "Listing the flavors", need=microversions.FLAVORS)
    failure = caught.value.failure
    assert failure.message.startswith(
        "Listing the flavors: the compute service sent an unexpected answer to GET"
        f" {fake.url}/compute/v2.1/flavors/detail (HTTP 200, request id {failure.request_id}): "
    )
    assert found in failure.message
    assert (failure.service, failure.http_status) == ("compute", 200)
    assert str(failure.request_id).startswith("req-")


def test_error_for_a_key_that_is_missing_in_a_nested_object(fake: FakeCloud, cloud: Cloud) -> None:
    fake.fault("GET", "flavors", status=200, body={"flavors": [{"id": "1", "links": [{"rel": "self"}]}]})
    flavor = read(cloud).objects("flavors")[0]
    with pytest.raises(UnexpectedAnswerError, match='expected the key "href", found an object with the keys rel'):
        flavor["links"][0]["href"]
    assert flavor.get("name") is None
    assert copy.deepcopy(flavor) == flavor


def test_error_when_a_page_is_repeated(fake: FakeCloud, cloud: Cloud) -> None:
    page = {"flavors": [{"id": "1"}], "flavors_links": [{"rel": "next", "href": "x"}]}
    fake.fault("GET", "flavors", status=200, body=page, times=99)
    with pytest.raises(
        UnexpectedAnswerError, match="expected pages that end, found the page that ends with 1 a second"
    ):
        cloud.pages("/flavors/detail", "flavors", "Listing the flavors", need=microversions.FLAVORS)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (300, {"choices": [{"id": "v2.0"}, {"id": "v2.1"}]}),
        (200, {"versions": [{"id": "v2.0"}, {"id": "v2.1"}]}),
        (300, {"versions": {"values": [{"id": "v2.0"}, {"id": "v2.1"}]}}),
    ],
)
def test_error_when_the_endpoint_has_no_version(fake: FakeCloud, cloud: Cloud, status: int, body: Any) -> None:
    fake.fault("GET", "flavors", status=status, body=body)
    with pytest.raises(CatalogError) as caught:
        read(cloud)
    assert "the URL of the compute service contains no version" in str(caught.value)
    assert "(v2.0, v2.1). Set compute_endpoint_override" in str(caught.value)


def test_error_for_a_redirection_without_location(fake: FakeCloud, cloud: Cloud) -> None:
    fake.fault("GET", "flavors", status=304)
    with pytest.raises(UnexpectedAnswerError, match="found a redirection without a target"):
        read(cloud)


def test_error_for_a_redirection_loop(fake: FakeCloud, cloud: Cloud) -> None:
    where = f"{fake.url}/compute/v2.1/flavors/detail"
    fake.fault("GET", "flavors", status=302, headers={"Location": where}, times=999)
    with pytest.raises(UnexpectedAnswerError, match=f"found a redirection to {where}"):
        read(cloud)


def test_unknown_cloud_name() -> None:
    with pytest.raises(ConfigurationError, match="Set cloud or OS_CLOUD to an entry") as caught:
        connect({"cloud": "nowhere"})
    assert "nowhere" in str(caught.value)


def test_error_when_no_cloud_is_configured() -> None:
    with pytest.raises(ConfigurationError):
        read(connect({}))


def test_accepts_settings_as_a_dictionary(fake: FakeCloud) -> None:
    inside = fake.params
    assert read(connect({"cloud": inside, "auth": None}, fake.time.clock))["flavors"]
    with pytest.raises(ConfigurationError, match="region_name from the module options into this dictionary"):
        connect({"cloud": inside, "region_name": "RegionOne"})


def test_accepts_an_entry_of_clouds_yaml(fake: FakeCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    auth = "".join(f"      {key}: {value}\n" for key, value in fake.params["auth"].items())
    (tmp_path / "clouds.yaml").write_text(f"clouds:\n  mine:\n    region_name: RegionOne\n    auth:\n{auth}")
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
    assert read(connect({"cloud": "mine"}, fake.time.clock))["flavors"]


def test_passes_options_to_the_sdk(fake: FakeCloud) -> None:
    params = {**fake.params, "auth_type": "password", "validate_certs": False, "interface": "public", "api_timeout": 5}
    assert read(connect(params, fake.time.clock))["flavors"]


def test_error_if_the_response_is_not_json(fake: FakeCloud, cloud: Cloud) -> None:
    fake.fault("GET", "flavors", status=200, body="<html>Welcome</html>", times=9)
    with pytest.raises(CloudError, match=r"expected JSON, found a text that begins with .<html>Welcome"):
        read(cloud)


def test_returns_user_project_and_roles_of_the_token(fake: FakeCloud, cloud: Cloud) -> None:
    who = cloud.identity()
    assert who.user_name == "operator"
    assert who.project_name == "validation"
    assert who.roles == fake.roles


def test_error_when_authentication_fails(fake: FakeCloud) -> None:
    fake.fault("POST", "auth/tokens", status=401, body={"error": {"message": "no"}}, times=2)
    with pytest.raises(CloudError) as caught:
        connect(fake.params, fake.time.clock).identity()
    assert caught.value.failure.kind == "authentication"


def test_error_when_keystone_fails(fake: FakeCloud) -> None:
    fake.fault("POST", "auth/tokens", status=500, body={"error": {"message": "oops"}}, times=99)
    with pytest.raises(ServiceError, match="500"):
        connect(fake.params, fake.time.clock).identity()


def test_estimates_the_clock_of_the_cloud(cloud: Cloud) -> None:
    read(cloud)
    assert abs((cloud.now() - datetime.now(UTC)).total_seconds()) < 5
    cloud._read_clock("Thu, 01 Jan 2099 00:00:00 GMT")
    assert cloud.now().year == 2099
    for unreadable in ("some day", None):
        cloud._read_clock(unreadable)
        assert cloud.now().year == 2099


def test_reads_all_pages(fake: FakeCloud, cloud: Cloud) -> None:
    for number in range(5):
        fake.add_server(f"s{number}")
    fake.page_size = 2
    found = cloud.pages("/servers/detail", "servers", "Listing", need=microversions.SERVERS)
    assert len(found) == 5
    assert fake.count("GET", "servers/detail") == 3


def test_stops_after_the_page_that_is_enough(fake: FakeCloud, cloud: Cloud) -> None:
    def read() -> list[dict[str, Any]]:
        # An empty list has no last entry.
        return cloud.pages(
            "/servers/detail",
            "servers",
            "Listing",
            need=microversions.SERVERS,
            enough=lambda found: found[-1]["name"] == "s3",
        )

    assert read() == []
    for number in range(7):
        fake.add_server(f"s{number}")
    fake.page_size = 2
    assert [server["name"] for server in read()] == ["s0", "s1", "s2", "s3"]


def test_no_secret_in_logs_or_errors(
    fake: FakeCloud, cloud: Cloud, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    fake.fault("GET", "flavors", status=404, body={"itemNotFound": {"message": "x"}})
    with pytest.raises(CloudError) as caught:
        read(cloud)
    fake.fault("GET", "flavors", drop=True)
    read(cloud)
    shown = "".join(capfd.readouterr()) + str(caught.value) + repr(caught.value.failure)
    shown += "".join(
        record.getMessage() for record in caplog.records if record.name.startswith(("openstack", "ansible"))
    )
    assert PASSWORD not in shown
    assert TOKEN not in shown
