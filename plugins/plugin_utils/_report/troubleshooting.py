# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure: what to look at when it is not the cloud's migrations that failed: what we are, have, or sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._migration.outcome import GOOD, REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# As Ansible's missing_required_lib says it. A path may hold dots, so it ends with a dot and a space.
_NO_LIBRARY = re.compile(
    r"Failed to import the required Python library \((?P<library>[^)]+)\)"
    r"(?: on .*?'s Python (?P<python>\S+?)\.(?:\s|$))?"
)


@dataclass(frozen=True)
class Advice:
    """Where to look; what to look for there; which part of the report shows more."""

    text: str
    code: str = ""
    section: str = ""


def failed_migrations(evidence: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [found for found in evidence.get("migrations") or [] if found.get("outcome") not in GOOD]


def advice_on_error(evidence: Mapping[str, Any]) -> list[Advice]:
    """By the kinds of failure: whoever misspelled an image is not helped by advice about credentials."""
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
        return [*advice, Advice("Why the migration was refused, in the logs of nova-api", code=request)]
    # it was lost from sight, and may go on
    return [Advice("What became of the migration, in the logs of nova-api", code=request), *advice]


def _missing_library(reason: str) -> list[Advice]:
    """No request was sent: all else is beside the point."""
    found = _NO_LIBRARY.search(reason)
    if found is None:
        return []
    pip = f"{found['python']} -m pip" if found["python"] else "pip"
    return [
        Advice("Install the library for the Python that ran the module", code=f"{pip} install {found['library']}"),
        Advice(
            "Or have modules run by the Python of Ansible itself, where that has it",
            code="ansible_python_interpreter={{ ansible_playbook_python }}",
        ),
    ]


def _advice_by_kind(evidence: Mapping[str, Any], failed: list[Mapping[str, Any]]) -> list[Advice]:
    kinds = {*(evidence.get("failure_kinds") or []), *((one.get("failure") or {}).get("kind") for one in failed)}
    return [one for group, advise in _BY_KIND if group & kinds for one in advise(evidence)]


def _advice_without_kind(evidence: Mapping[str, Any]) -> list[Advice]:
    """Without a kind that says more, credentials are in question only until the cloud has answered to them."""
    known = (evidence.get("cloud") or {}).get("user")
    first = [Advice("Which step failed, and its reason", section="steps")] if known else _credentials(evidence)
    return [*first, *_known_inputs("The inputs of this run", evidence)]


def _known_inputs(text: str, evidence: Mapping[str, Any]) -> list[Advice]:
    return [Advice(text, section="inputs")] if evidence.get("inputs") else []


def _clouds_yaml_entry(what: str, evidence: Mapping[str, Any]) -> Advice:
    name = (evidence.get("cloud") or {}).get("name")
    return Advice(f"The cloud's entry in clouds.yaml: {what}", code=f"cloud: {name}" if name else "")


def _credentials(evidence: Mapping[str, Any]) -> list[Advice]:
    return [
        _clouds_yaml_entry("auth_url, user, password, project", evidence),
        Advice("Whether the same credentials work without this collection", code="openstack token issue"),
    ]


def _permission(evidence: Mapping[str, Any]) -> list[Advice]:
    return [
        Advice(
            "The roles of this user in the project",
            code=", ".join((evidence.get("cloud") or {}).get("roles") or [])
            or "openstack role assignment list --names",
            section="cloud",
        ),
        Advice(
            "Who may migrate: the role admin or, since Nova 32 (2025.2), manager in the project; what each may, and a"
            " role of your own",
            code="docs/permissions.md",
        ),
    ]


def _input(_evidence: Mapping[str, Any]) -> list[Advice]:
    return [
        Advice("The inputs of this run: what the reason names is one of them, or follows from one", section="inputs")
    ]


def _quota(_evidence: Mapping[str, Any]) -> list[Advice]:
    return [
        Advice("What is left of the project's quota", code="openstack quota show --usage"),
        Advice("How many servers this run boots", section="inputs"),
    ]


def _tls(evidence: Mapping[str, Any]) -> list[Advice]:
    return [
        _clouds_yaml_entry("cacert, the authority that signed the certificate (verify: false is for trials)", evidence)
    ]


def _endpoints(evidence: Mapping[str, Any]) -> list[Advice]:
    return [
        _clouds_yaml_entry("auth_url, region_name, interface", evidence),
        Advice("The endpoints, and whether they answer where the modules run", code="openstack catalog list"),
    ]


def _api(_evidence: Mapping[str, Any]) -> list[Advice]:
    return [Advice("Which microversions this cloud's Compute API has: cycles need 2.53 (Pike)", section="cloud")]


def _rate_limit(_evidence: Mapping[str, Any]) -> list[Advice]:
    return [Advice("How often this run asks, and who else does", code="migration_cycle_poll_interval")]


# In the order in which one thing is needed for the next.
_BY_KIND: tuple[tuple[frozenset[str], Callable[[Mapping[str, Any]], list[Advice]]], ...] = (
    (frozenset({"unreachable", "catalog", "dropped", "unexpected_answer"}), _endpoints),
    (frozenset({"tls"}), _tls),
    (frozenset({"authentication", "configuration"}), _credentials),
    (frozenset({"microversion"}), _api),
    (frozenset({"permission"}), _permission),
    (frozenset({"input", "bad_request", "image", "flavor"}), _input),
    (frozenset({"quota"}), _quota),
    (frozenset({"rate_limit"}), _rate_limit),
)
