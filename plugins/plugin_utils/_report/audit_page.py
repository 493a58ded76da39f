# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.
"""Pure functions and data classes for the page about one audit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._audit import outcome
from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import CERTAIN, LIKELY, NO
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.audit import tone_of
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.headlines import split_first_sentence
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.html import render
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timestamps import (
    format_date_time,
    format_seconds,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    Facts = tuple[tuple[str, str], ...]

_TITLES = {
    outcome.CLEAN: "Earlier migrations left nothing behind",
    outcome.FINDINGS: "Earlier migrations left something behind",
    outcome.INCOMPLETE: "No findings, but a part of the cloud is unknown",
    outcome.ERROR: "The audit stopped with an error",
}
# How a finding affects the next migration: the colour, the text, and the order.
_BLOCKS = {
    CERTAIN: ("failed", "certain", 0),
    LIKELY: ("inconclusive", "likely", 1),
    NO: ("skipped", "no", 2),
}
_EXAMINED = {
    "servers": "Servers",
    "records": "Migration records",
    "compute_services": "Compute services",
    "consumers": "Consumers in Placement",
    "ports": "Ports",
    "ports_with_bindings": "Ports with their bindings",
    "attachments": "Volume attachments",
}


@dataclass(frozen=True)
class FindingView:
    """One finding, as the page shows it."""

    kind: str
    tone: str
    blocks: str
    order: int
    server: str
    server_id: str
    host: str
    since: str
    message: str
    effect: str
    remedy: str
    command: str
    evidence: Facts
    repair: str


@dataclass(frozen=True)
class RepairView:
    """One repair, as the page shows it."""

    kind: str
    consumer: str
    server: str
    result: str
    tone: str
    reason: str


@dataclass(frozen=True)
class AuditPage:
    """The report of an audit."""

    kind: str
    label: str
    title: str
    lead: str
    rest: str
    key_facts: Facts
    findings: tuple[FindingView, ...]
    repairs: tuple[RepairView, ...]
    examined: Facts
    not_examined: tuple[str, ...]
    unknown: tuple[str, ...]
    run_id: str
    collection: str


def html(audit: Mapping[str, Any]) -> str:
    """Return the report of an audit as one HTML file."""
    return render("audit.html.j2", page(audit))


def page(audit: Mapping[str, Any]) -> AuditPage:
    first, rest = split_first_sentence(audit["reason"])
    return AuditPage(
        kind=tone_of(audit),
        label=str(audit["outcome"]).capitalize(),
        title=_TITLES[audit["outcome"]],
        lead=_lead(audit) or first,
        rest="" if audit["outcome"] == outcome.FINDINGS else rest,
        key_facts=_key_facts(audit),
        findings=tuple(_finding(one) for one in audit["findings"]),
        repairs=tuple(_repair(one) for one in audit["repairs"]),
        examined=tuple(
            (label, "not known" if audit["examined"].get(name) is None else str(audit["examined"][name]))
            for name, label in _EXAMINED.items()
            if name in audit["examined"]
        ),
        not_examined=tuple(audit["not_examined"]),
        unknown=tuple(audit["unknown"]),
        run_id=str(audit["run_id"]),
        collection=str(audit["collection"]),
    )


def _lead(audit: Mapping[str, Any]) -> str:
    if audit["outcome"] == outcome.CLEAN:
        return "No finding. Nothing blocks the next migration."
    if audit["outcome"] != outcome.FINDINGS:
        return ""
    number = len(audit["findings"])
    blocking = f"{audit['blocking'] or 'none'} can block the next migration"
    return f"{number} finding{'' if number == 1 else 's'}, {blocking}."


def _key_facts(audit: Mapping[str, Any]) -> Facts:
    facts = [("Cloud", str(audit["cloud"]))] if audit["cloud"] else []
    facts += [("Started", format_date_time(audit["started"])), ("Duration", format_seconds(audit["seconds"]))]
    if audit["since"]:
        facts.append(("Migrations since", format_date_time(audit["since"])))
    if audit["requests"] is not None:
        facts.append(("Requests", str(audit["requests"])))
    return tuple(facts)


def _finding(finding: Mapping[str, Any]) -> FindingView:
    tone, blocks, order = _BLOCKS[finding["blocks"]]
    return FindingView(
        kind=str(finding["kind"]).replace("_", " "),
        tone=tone,
        blocks=blocks,
        order=order,
        server=str(finding["server_name"] or ""),
        server_id=str(finding["server_id"] or finding["subject"]),
        host=str(finding["host"] or ""),
        since=format_date_time(finding["since"]) if finding["since"] else "not known",
        message=str(finding["message"]),
        effect=str(finding["effect"]),
        remedy=str(finding["remedy"]),
        command=str(finding["command"]),
        evidence=tuple((key.replace("_", " "), _shown(value)) for key, value in finding["evidence"].items()),
        repair=str(finding["repair"]).replace("_", " "),
    )


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_shown(inner)}" for key, inner in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(f"({_shown(one)})" for one in value) or "none"
    return "none" if value is None else str(value)


def _repair(repair: Mapping[str, Any]) -> RepairView:
    tone = {"repaired": "passed", "failed": "error"}.get(repair["outcome"], "skipped")
    return RepairView(
        kind=str(repair["kind"]).replace("_", " "),
        consumer=str(repair["consumer"]),
        server=str(repair["server_name"] or ""),
        result=str(repair["outcome"]).replace("_", " "),
        tone=tone,
        reason=str(repair["reason"]),
    )
