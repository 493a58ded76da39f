# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.evidence import build
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.html import html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.junit import junit
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.redaction import redacted
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import cycles

# The cycle below contains these names of the site.
SITE = [
    "blade7",
    "blade8",
    "blade9",
    "dc1",
    "acme-corp",
    "acme-lab",
    "keystone.acme-corp.example",
    "10.20.30.40",
    "2001:db8:7::5",
    "fa:16:3e:11:22:33",
    "berlin-west",
    "rack-row-3",
    "fast-nvme",
    "alice.smith",
    "validation-team",
    "billing-db",
    "debian-gold",
    "m7.huge",
    "tenant-net",
    "/home/alice/clouds",
    "/data/acme/ca.pem",
    "ticket 4711",
    "4d1c7a9e5b",
    "cost-centre",
    "CC-99",
    "9f1c2d3e4b5a69788796a5b4c3d2e1f0",
    "acme-pair",
    "custom_acme_gpu",
    "rack-row-9",
]


def node(name: str) -> str:
    return f"{name}.dc1.acme-corp.example"


def rich_cycle() -> dict[str, Any]:
    """Return a failed cycle.

    Structured values and texts of the cycle contain a name of each kind.
    """
    reason = (
        "billing-db: live migration blade7 -> blade8 failed (record status error). Nova's reason: Unable to connect to"
        " BLADE8.dc1.acme-corp.example (10.20.30.40): host blade9.dc1.acme-corp.example could not be found;"
        " https://alice.smith:hush@keystone.acme-corp.example:5000/v3/auth failed with"
        " HTTPSConnectionPool(host='keystone.acme-corp.example', port=5000), see /home/alice/clouds/app.log and"
        " [2001:db8:7::5]; aggregate 'fast-nvme' and zone \"rack-row-3\" of berlin-west have no room."
        " It is bound to availability zone rack-row-9, but its server group acme-pair has the policy affinity, and it"
        " needs CUSTOM_ACME_GPU=1."
    )
    server = {
        **cycles.server(1, "blade7", name="billing-db", host_id="4d1c7a9e5b"),
        "availability_zone": "rack-row-3",
        "project_id": "9f1c2d3e4b5a69788796a5b4c3d2e1f0",
        "metadata": {"stackproof_run": cycles.RUN_ID, "cost-centre": "CC-99"},
        "addresses": [{"address": "10.20.30.40", "network": "tenant-net", "mac": "fa:16:3e:11:22:33"}],
    }
    migration = cycles.migration(
        server_name="billing-db",
        source="blade7",
        destination="blade8",
        expected_host="blade8",
        outcome="failed",
        message=reason,
        reason=reason,
        source_host_id="4d1c7a9e5b",
        server=server,
        allocations_before={node("blade7"): cycles.HELD},
        allocations={"server": {node("blade8"): cycles.HELD}, "migration": {node("blade7"): cycles.HELD}},
        checks=[cycles.check("server_allocations", ["blade8"], [node("blade7")], ok=False)],
        events=[
            {"event": "x", "start": None, "finish": None, "result": "Error", "host": "blade9", "details": "on blade8"}
        ],
    )
    migration["record"] |= {"source_node": node("blade7"), "destination_node": node("blade8"), "status": "error"}
    hosts = [
        cycles.host("blade7") | {"node": node("blade7"), "availability_zone": "rack-row-3"},
        cycles.host("blade8", "its nova-compute service is disabled: ticket 4711")
        | {"node": node("blade8"), "disabled_reason": "ticket 4711"},
    ]
    cycle = cycles.failed(migration)
    cycle["cloud"] = "acme-lab"
    cycle["preflight"] |= {
        "hosts": hosts,
        "cloud": {"auth_url": "https://keystone.acme-corp.example:5000/v3", "region": "berlin-west"},
        "user": {"id": "u", "name": "alice.smith"},
        "project": {"id": "9f1c2d3e4b5a69788796a5b4c3d2e1f0", "name": "validation-team"},
        "image": {"id": "i", "name": "debian-gold"},
        "flavor": {"id": "f", "name": "m7.huge"},
    }
    cycle["inputs"] |= {
        "image": "debian-gold",
        "flavor": "m7.huge",
        "networks": [{"name": "tenant-net"}],
        "availability_zone": "rack-row-3",
        "target": "blade8",
        "probe": {"protocol": "tcp", "address": "2001:db8:7::5", "cacert": "/data/acme/ca.pem"},
    }
    cycle["boot"]["servers"] = [server]
    cycle["cleanup"]["servers"] = [{**server, "status": "DELETED"}]
    cycle["cleanup"]["allocations_left"] = {cycles.UUID: {node("blade9"): cycles.HELD}}
    cycle["diagnosis"] = {"hosts": hosts}
    return cycle


def files_of(cycle: dict[str, Any], *, redact_hosts: bool) -> dict[str, str]:
    evidence = build(cycle, collection="1.0.0", ended="2026-04-01T10:00:12.000+00:00", redact_hosts=redact_hosts)
    return {"evidence.json": json.dumps(evidence), "report.html": html(evidence), "junit.xml": junit(evidence)}


@pytest.mark.parametrize("name", SITE)
def test_no_file_has_a_name_of_the_site(name: str) -> None:
    for file, text in files_of(rich_cycle(), redact_hosts=True).items():
        assert name.lower() not in text.lower(), file


def test_names_are_in_the_files_without_redaction() -> None:
    text = " ".join(files_of(rich_cycle(), redact_hosts=False).values())
    assert [name for name in SITE if name.lower() not in text.lower()] == []


def test_does_not_change_its_input() -> None:
    cycle = rich_cycle()
    before = copy.deepcopy(cycle)
    files_of(cycle, redact_hosts=True)
    assert cycle == before


def test_one_name_has_one_alias_in_all_places() -> None:
    evidence = build(rich_cycle(), collection="1.0.0", ended="2026-04-01T10:00:12.000+00:00", redact_hosts=True)
    migration = evidence["migrations"][0]
    source, destination = migration["source"], migration["destination"]
    assert (source, destination) == ("host-1", "host-2")
    assert migration["record"]["source_node"].startswith("host-1.domain-")
    domain = migration["record"]["source_node"].split(".", 1)[1]
    assert list(migration["allocations_before"]) == [f"host-1.{domain}"]
    assert f"Unable to connect to host-2.{domain} (address-" in evidence["reason"]
    assert evidence["hosts"]["before"][1]["node"] == f"host-2.{domain}"
    assert evidence["reason"].startswith("server-1: live migration host-1 -> host-2 failed (record status error).")


def test_keeps_terms_of_openstack() -> None:
    evidence = build(rich_cycle(), collection="1.0.0", ended="2026-04-01T10:00:12.000+00:00", redact_hosts=True)
    migration = evidence["migrations"][0]
    assert (migration["request_id"], migration["migration_id"]) == ("req-live", cycles.UUID)
    assert migration["server_id"] == cycles.server(1, "x")["id"]
    assert (evidence["cloud"]["release"], evidence["cloud"]["roles"]) == ("2024.1 or 2024.2", ["admin"])
    assert evidence["run_id"] == cycles.RUN_ID
    assert evidence["inputs"]["probe"]["protocol"] == "tcp"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GET /servers/1 of https://10.1.1.1:8774/v2.1: 404", "GET /servers/1 of https://address-1:8774/v2.1: 404"),
        ("At 10:00:05 version 2.96 of nova-compute answered.", "At 10:00:05 version 2.96 of nova-compute answered."),
        ("No such host. There are: n1, n2.b.", "No such host. There are: name-1, name-2."),
        ("image: no such image. Did you mean gold?", "image: no such image. Did you mean name-1?"),
        ("see ~/site/key or /srv/site/key", "see path-2 or path-1"),
        ("Ask ada@acme.example.", "Ask address-1."),
        ("openstacksdk 4.0.1 and ansible-core 2.19.0b1", "openstacksdk 4.0.1 and ansible-core 2.19.0b1"),
    ],
)  # fmt: skip
def test_finds_names_in_a_text(text: str, expected: str) -> None:
    assert redacted({"reason": text})["reason"] == expected


def test_an_alias_is_never_a_name_of_the_site() -> None:
    found = redacted({"source": "host-2", "destination": "host-1"})
    assert {found["source"], found["destination"]} == {"host-3", "host-4"}


def test_name_that_is_a_status_does_not_change_statuses() -> None:
    found = redacted({"host": "failed", "outcome": "failed", "reason": "failed is down."})
    assert found == {"host": "host-1", "outcome": "failed", "reason": "host-1 is down."}


def test_numbers_are_no_names_in_a_text() -> None:
    found = redacted({"flavor": {"id": "1", "name": "1"}, "reason": "1 of 2 failed."})
    assert found == {"flavor": {"id": "flavor-1", "name": "flavor-1"}, "reason": "1 of 2 failed."}


def test_short_and_full_names_of_hosts_do_not_collide() -> None:
    found = redacted({"hosts": ["x"], "source": "n1", "destination": "n1-b", "reason": "n1 -> n1-b, n10"})
    assert found["reason"] == "host-1 -> host-2, n10"
