# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Find the next steps after a client-side error, for example after wrong credentials."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._migration.outcome import GOOD, REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# This pattern matches the message of Ansible's function missing_required_lib.
_NO_LIBRARY = re.compile(
    r"Failed to import the required Python library \((?P<library>[^)]+)\)"
    r"(?: on .*?'s Python (?P<python>\S+?)\.(?:\s|$))?"
)


@dataclass(frozen=True)
class Advice:
    """Advice for the user, with a command, a search term or a section of the report."""

    text: str
    code: str = ""
    section: str = ""


def failed_migrations(evidence: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the migrations that have not completed."""
    return [migration for migration in evidence.get("migrations") or [] if migration.get("outcome") not in GOOD]


def advice_on_error(evidence: Mapping[str, Any]) -> list[Advice]:
    """Return advice for each failure in the evidence of a migration cycle."""
    failed = failed_migrations(evidence)
    advice = (
        _missing_library(str(evidence.get("reason") or ""))
        or _advice_by_kind(evidence, failed)
        or _advice_without_kind(evidence)
    )
    request = str(failed[0].get("request_id") or "") if failed else ""
    if not request:
        return advice
    if failed[0].get("outcome") == REFUSED:
        return [*advice, Advice("Search the logs of nova-api for the refused request", code=request)]
    return [Advice("Search the logs of nova-api for the migration, which may still run", code=request), *advice]


def _missing_library(reason: str) -> list[Advice]:
    """Return advice about how to install the Python library that the module could not find."""
    found = _NO_LIBRARY.search(reason)
    if found is None:
        return []
    pip = f"{found['python']} -m pip" if found["python"] else "pip"
    return [
        Advice("Install the library for the Python that ran the module", code=f"{pip} install {found['library']}"),
        Advice(
            "Or run modules with the Python of Ansible, if that Python has the library",
            code="ansible_python_interpreter={{ ansible_playbook_python }}",
        ),
    ]


def _advice_by_kind(evidence: Mapping[str, Any], failed: list[Mapping[str, Any]]) -> list[Advice]:
    kinds = {
        *(evidence.get("failure_kinds") or []),
        *((migration.get("failure") or {}).get("kind") for migration in failed),
    }
    return [advice for group, advise in _BY_KIND if group & kinds for advice in advise(evidence)]


def _advice_without_kind(evidence: Mapping[str, Any]) -> list[Advice]:
    """Return advice about an error whose kind the collection does not know."""
    known = (evidence.get("cloud") or {}).get("user")
    first = [Advice("Check which step failed, and why", section="steps")] if known else _credentials(evidence)
    return [*first, *_known_inputs("Check the inputs of this run", evidence)]


def _known_inputs(text: str, evidence: Mapping[str, Any]) -> list[Advice]:
    return [Advice(text, section="inputs")] if evidence.get("inputs") else []


def _defect(evidence: Mapping[str, Any]) -> list[Advice]:
    del evidence
    return [Advice("Report the defect with this file and the output of a run with -vvv", code="evidence.json")]


def _clouds_yaml_entry(what: str, evidence: Mapping[str, Any]) -> Advice:
    name = (evidence.get("cloud") or {}).get("name")
    return Advice(f"Check the entry of the cloud in clouds.yaml: {what}", code=f"cloud: {name}" if name else "")


def _credentials(evidence: Mapping[str, Any]) -> list[Advice]:
    return [
        _clouds_yaml_entry("auth_url, user, password, project", evidence),
        Advice("Check that the credentials work without this collection", code="openstack token issue"),
    ]


def _permission(evidence: Mapping[str, Any]) -> list[Advice]:
    return [
        Advice(
            "Check the roles of this user in the project",
            code=", ".join((evidence.get("cloud") or {}).get("roles") or [])
            or "openstack role assignment list --names",
            section="cloud",
        ),
        Advice(
            "Use the role admin or, since Nova 32 (2025.2), manager in the project, or define a role of your own",
            code="docs/permissions.md",
        ),
    ]


def _input(_evidence: Mapping[str, Any]) -> list[Advice]:
    return [Advice("Correct the role input that the reason mentions", section="inputs")]


def _quota(_evidence: Mapping[str, Any]) -> list[Advice]:
    return [
        Advice("Show the quota of the project", code="openstack quota show --usage"),
        Advice("Check how many servers this run boots", section="inputs"),
    ]


def _tls(evidence: Mapping[str, Any]) -> list[Advice]:
    return [_clouds_yaml_entry("cacert, the certificate authority (verify: false is for tests only)", evidence)]


def _endpoints(evidence: Mapping[str, Any]) -> list[Advice]:
    return [
        _clouds_yaml_entry("auth_url, region_name, interface", evidence),
        Advice("Check that the endpoints answer on the machine that runs the modules", code="openstack catalog list"),
    ]


def _api(_evidence: Mapping[str, Any]) -> list[Advice]:
    text = "Check the microversions of the Compute API. A migration cycle requires 2.53 (Pike)"
    return [Advice(text, section="cloud")]


def _rate_limit(_evidence: Mapping[str, Any]) -> list[Advice]:
    return [Advice("Increase the poll interval", code="migration_cycle_poll_interval")]


# The order of the advice follows the steps of a request, from the connection to the quota.
_BY_KIND: tuple[tuple[frozenset[str], Callable[[Mapping[str, Any]], list[Advice]]], ...] = (
    (frozenset({"unreachable", "catalog", "dropped", "unexpected_answer"}), _endpoints),
    (frozenset({"internal"}), _defect),
    (frozenset({"tls"}), _tls),
    (frozenset({"authentication", "configuration"}), _credentials),
    (frozenset({"microversion"}), _api),
    (frozenset({"permission"}), _permission),
    (frozenset({"input", "bad_request", "image", "flavor"}), _input),
    (frozenset({"quota"}), _quota),
    (frozenset({"rate_limit"}), _rate_limit),
)
