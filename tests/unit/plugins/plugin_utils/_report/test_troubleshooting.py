# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._cycle.outcome import _CLIENT_KINDS
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.headlines import advice_for
from ansible_collections.stackproof.migration.tests.browser.evidence import bare, sample

CREDENTIALS = ("Check the entry of the cloud in clouds.yaml: auth_url, user, password, project", "cloud: local", "")
NO_LIBRARY = (
    "Failed to import the required Python library (openstacksdk) on node.example's Python {python}. Please read the"
    " module documentation and install it in the appropriate location."
)


def error(*kinds: str, **more: Any) -> dict[str, Any]:
    return {**sample("inconclusive"), "outcome": "error", "failure_kinds": list(kinds), **more}


def advice(evidence: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one.text, one.code, one.section) for one in advice_for(evidence)]


def in_one(evidence: dict[str, Any]) -> str:
    return " ".join(" ".join(one) for one in advice(evidence))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("authentication", ("clouds.yaml", "password", "cloud: local", "openstack token issue")),
        ("configuration", ("clouds.yaml", "cloud: local")),
        ("permission", ("admin, manager, member, reader", "since Nova 32", "docs/permissions.md")),
        ("input", ("role input that the reason mentions",)),
        ("bad_request", ("role input that the reason mentions",)),
        ("image", ("role input that the reason mentions",)),
        ("flavor", ("role input that the reason mentions",)),
        ("quota", ("openstack quota show --usage",)),
        ("tls", ("cacert", "verify")),
        ("unreachable", ("auth_url", "endpoints", "openstack catalog list")),
        ("catalog", ("auth_url", "region_name", "endpoints")),
        ("dropped", ("endpoints",)),
        ("microversion", ("2.53",)),
        ("rate_limit", ("migration_cycle_poll_interval",)),
    ],
)
def test_advice_matches_the_failure(kind: str, words: tuple[str, ...]) -> None:
    found = in_one(error(kind))
    assert [word for word in words if word not in found] == []
    # the login succeeded, so the password is correct
    assert ("password" in found) is (kind in ("authentication", "configuration"))


@pytest.mark.parametrize("kind", sorted(_CLIENT_KINDS))
def test_each_client_side_kind_has_advice(kind: str) -> None:
    assert advice(error(kind)) != advice(error())


def test_several_kinds_have_all_their_advice() -> None:
    found = in_one(error("quota", "permission", "hosts"))
    assert found.index("docs/permissions.md") < found.index("openstack quota")


def test_unknown_roles_name_the_command() -> None:
    evidence = error("permission", cloud=bare()["cloud"])
    assert advice(evidence)[0][1] == "openstack role assignment list --names"


@pytest.mark.parametrize("python", ["/usr/bin/python3", "/opt/venv/bin/python3.12"])
def test_missing_library_names_the_python(python: str) -> None:
    evidence = error(reason=NO_LIBRARY.format(python=python))
    assert [code for _, code, _ in advice(evidence)] == [
        f"{python} -m pip install openstacksdk",
        "ansible_python_interpreter={{ ansible_playbook_python }}",
    ]


def test_missing_library_of_an_unknown_python() -> None:
    evidence = error(reason="Failed to import the required Python library (openstacksdk).")
    assert advice(evidence)[0][1] == "pip install openstacksdk"


def test_unknown_kind_names_credentials_before_login() -> None:
    unanswered = {**bare()["cloud"], "name": "local"}
    assert advice(error(cloud=unanswered))[0] == CREDENTIALS
    for evidence in (error(), error("conflict")):
        assert [section for _, _, section in advice(evidence)] == ["steps", "inputs"]


def test_evidence_without_kinds() -> None:
    evidence = error()
    del evidence["failure_kinds"]
    assert advice(evidence) == advice(error())


def migrated(outcome: str, kind: str) -> dict[str, Any]:
    evidence = {**sample("failed"), "outcome": "error", "failure_kinds": []}
    evidence["migrations"][0].update(outcome=outcome, failure={"kind": kind}, request_id="req-1")
    return evidence


def test_unknown_outcome_comes_first() -> None:
    first, *others = advice(migrated("unknown", "authentication"))
    assert first == ("Search the logs of nova-api for the migration, which may still run", "req-1", "")
    assert others[0] == CREDENTIALS


def test_refused_migration_has_advice_by_kind() -> None:
    found = advice(migrated("refused", "permission"))
    assert found[0][0].startswith("Check the roles of this user")
    assert found[-1] == ("Search the logs of nova-api for the refused request", "req-1", "")
    assert CREDENTIALS not in found


def test_no_log_search_without_request_id() -> None:
    evidence = migrated("refused", "input")
    evidence["migrations"][0]["request_id"] = None
    assert [section for _, _, section in advice(evidence)] == ["inputs"]
