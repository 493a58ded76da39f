# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.
"""Pure functions and data classes for the pages about live migrations between many compute hosts."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.prediction import score_text
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.coverage import (
    NOT_APPLICABLE,
    TESTED,
    is_tested,
    pages_of_pairs,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.coverage_map import (
    LEGEND,
    HostMap,
    host_map,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.headlines import split_first_sentence
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.html import render
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.migrations import migration_view
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.migrations_page import MARKS, MigrationsPage
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.redaction import natural_order
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timestamps import (
    format_date_time,
    format_seconds,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Facts = tuple[tuple[str, str], ...]

# The page lists at most this number of pairs, so that it stays small. Failed pairs come first.
MAX_PAIRS = 2000
# A fault has links to at most this number of migrations.
MAX_LINKS = 6
# The folder of the pages of the migrations.
FOLDER = "migrations"
_TITLES = {
    "passed": "Live migration works between all tested hosts",
    "failed": "Live migration fails on some hosts",
    "inconclusive": "Some pairs of hosts have no answer",
    "error": "The run stopped with an error",
}
_COVERAGES = {
    "each_host": "each host as source and as destination",
    "all_pairs": "all pairs of hosts",
    "between_groups": "between groups of hosts, in both directions",
    "list": "the listed pairs",
}
_FAULTS = {
    "source": "source",
    "destination": "destination",
    "pair": "pair",
    "source_and_destination": "source and destination",
    "host": "host",
    "undecided": "undecided",
}
_PURPOSES = {
    "planned": "planned",
    "other_source": "another source for a failed pair",
    "other_destination": "another destination for a failed pair",
}
# The first outcome is first in the table of pairs, and the first status is first in the table of hosts.
_OUTCOMES = ("failed", "inconclusive", "passed")
_STATUSES = {
    "unusable": "failed",
    "excluded": "inconclusive",
    "alone": "inconclusive",
    "not_tested": "skipped",
}
_UNITS = ("From", "To")


@dataclass(frozen=True)
class PairLink:
    """A link to the page of a migration."""

    label: str
    href: str


@dataclass(frozen=True)
class FaultView:
    """A host or a pair at fault, with links to its failed migrations."""

    kind: str
    label: str
    hosts: str
    detail: str
    links: tuple[PairLink, ...]
    more: int


@dataclass(frozen=True)
class PairRow:
    """One row in the table of tested pairs."""

    source: str
    destination: str
    kind: str
    outcome: str
    purpose: str
    prediction: str
    seconds: float | None
    downtime: float | None
    reason: str
    href: str


@dataclass(frozen=True)
class RoleRow:
    """The migrations of one host as source or as destination. Durations and downtimes are in seconds."""

    host: str
    role: str
    group: str
    moves: int
    failed: int
    median: float | None
    longest: float | None
    median_downtime: float | None
    longest_downtime: float | None


@dataclass(frozen=True)
class HostRow:
    """A host that was not tested, with the reason."""

    name: str
    kind: str
    status: str
    group: str
    zone: str
    hypervisor_type: str
    reason: str


@dataclass(frozen=True)
class GroupRow:
    """Hosts that can exchange servers."""

    name: str
    number: int
    moves: int
    failed: int
    hosts: str


@dataclass(frozen=True)
class ReasonRow:
    """Why pairs within a group were not tested."""

    reason: str
    pairs: int
    example: str


@dataclass(frozen=True)
class CoveragePage:
    """The report about many hosts."""

    kind: str
    label: str
    title: str
    lead: str
    rest: str
    key_facts: Facts
    sample: str
    faults: tuple[FaultView, ...]
    map: HostMap
    pairs: tuple[PairRow, ...]
    hidden_pairs: int
    has_downtimes: bool
    roles: tuple[RoleRow, ...]
    hosts: tuple[HostRow, ...]
    groups: tuple[GroupRow, ...]
    reasons: tuple[ReasonRow, ...]
    prediction: str
    false_predictions: Facts
    run_id: str
    collection: str
    legend: tuple[tuple[str, str, str], ...] = LEGEND


@dataclass(frozen=True)
class PairPage(MigrationsPage):
    """The page of one migration."""

    kind: str
    label: str
    title: str
    lead: str
    key_facts: Facts
    run_id: str
    collection: str


def html(report: Mapping[str, Any]) -> str:
    """Return the report as one HTML file, with links to the pages of the migrations."""
    return render("coverage.html.j2", page(report))


def migration_pages(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the file name and the text of the page of each migration."""
    cells = {number: pair for pair, number in pages_of_pairs(report).items()}
    by_pair = {_pair(cell): cell for cell in report["cells"]}
    for number, migration in enumerate(report["migrations"], 1):
        cell = by_pair.get(cells.get(number, ("", "")), {})
        yield _file(number), render("coverage_migration.html.j2", _pair_page(report, migration, cell))


def page(report: Mapping[str, Any]) -> CoveragePage:
    """Return all values that the page shows."""
    outcome = str(report["outcome"])
    first, rest = split_first_sentence(str(report["reason"]))
    pages = pages_of_pairs(report)
    tested = [cell for cell in report["cells"] if is_tested(cell)]
    worst_first = sorted(tested, key=lambda cell: (_OUTCOMES.index(cell["outcome"]), *map(natural_order, _pair(cell))))
    return CoveragePage(
        kind=outcome,
        label=outcome.capitalize(),
        title=_TITLES[outcome],
        lead=first,
        rest=rest,
        key_facts=_key_facts(report),
        sample=_sample(report["sample"]),
        faults=tuple(_fault(fault, tested, pages) for fault in report["faults"]),
        map=host_map(report),
        pairs=tuple(_pair_row(cell, pages) for cell in worst_first[:MAX_PAIRS]),
        hidden_pairs=max(0, len(worst_first) - MAX_PAIRS),
        has_downtimes=any(cell["downtime"] is not None for cell in tested),
        roles=tuple(_role_rows(report, tested)),
        hosts=tuple(_host_rows(report["hosts"])),
        groups=tuple(_group(group, tested) for group in report["groups"]),
        reasons=tuple(_reasons(report["cells"])),
        prediction=score_text(report["prediction"]) if report["prediction"] else "",
        false_predictions=_false_predictions(report["prediction"] or {}),
        run_id=str(report["run_id"]),
        collection=str(report["collection"]),
    )


def _pair(cell: Mapping[str, Any]) -> tuple[str, str]:
    return str(cell["source"]), str(cell["destination"])


def _file(number: int) -> str:
    return f"{FOLDER}/{number}.html"


def _key_facts(report: Mapping[str, Any]) -> Facts:
    counts = report["counts"]
    tested = sum(host["status"] == TESTED for host in report["hosts"])
    outcomes = [f"{counts[name]} {name}" for name in ("passed", "failed", "inconclusive") if counts[name]]
    return (
        ("Cloud", str(report["cloud"] or "not known")),
        ("Coverage", _COVERAGES[report["coverage"]]),
        ("Tested hosts", f"{tested} of {len(report['hosts'])}"),
        ("Pairs", ", ".join(outcomes) or "none"),
        ("Migrations", str(counts["moves"])),
        ("Started", format_date_time(report["started"])),
        ("Duration", format_seconds(report["seconds"])),
    )


def _sample(sample: Mapping[str, Any] | None) -> str:
    if not sample:
        return ""
    runs = "1 daily run" if sample["parts"] == 1 else f"{sample['parts']} daily runs"
    return (
        f"Sample of {sample['share']}: this run of {sample['date']} tested part {sample['part']} of {sample['parts']}."
        f" All hosts are seen after {runs}."
    )


def _fault(
    fault: Mapping[str, Any], tested: Iterable[Mapping[str, Any]], pages: Mapping[tuple[str, str], int]
) -> FaultView:
    names = tuple(map(str, fault["hosts"]))
    failed = [_pair(cell) for cell in tested if cell["outcome"] == "failed" and _concerns(cell, fault["fault"], names)]
    links = [PairLink(f"{one} → {other}", _file(pages[one, other])) for one, other in failed if (one, other) in pages]
    return FaultView(
        kind="inconclusive" if fault["fault"] == "undecided" else "failed",
        label=_FAULTS[fault["fault"]],
        hosts=" → ".join(names),
        detail=str(fault["detail"]),
        links=tuple(links[:MAX_LINKS]),
        more=max(0, len(links) - MAX_LINKS),
    )


def _concerns(cell: Mapping[str, Any], fault: str, names: Sequence[str]) -> bool:
    """Return whether the fault explains the failure of this pair."""
    if len(names) > 1:
        return _pair(cell) == tuple(names)
    sides = {"source": ("source",), "destination": ("destination",)}.get(fault, ("source", "destination"))
    return any(cell[side] == names[0] for side in sides)


def _pair_row(cell: Mapping[str, Any], pages: Mapping[tuple[str, str], int]) -> PairRow:
    number = pages.get(_pair(cell))
    return PairRow(
        *_pair(cell),
        kind=str(cell["outcome"]),
        outcome=str(cell["outcome"]),
        purpose=_PURPOSES.get(cell["purpose"], ""),
        prediction=str(cell["prediction"] or "none").replace("_", " "),
        seconds=cell["seconds"],
        downtime=cell["downtime"],
        reason=str(cell["reason"] or ""),
        href=_file(number) if number else "",
    )


def _role_rows(report: Mapping[str, Any], tested: Iterable[Mapping[str, Any]]) -> Iterator[RoleRow]:
    """Yield a row for each host as source and a row for each host as destination, in the order of names."""
    by_role: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for cell in tested:
        for role in ("source", "destination"):
            by_role.setdefault((str(cell[role]), role), []).append(cell)
    groups = {str(host["name"]): str(host["group"] or "") for host in report["hosts"]}
    for (host, role), cells in sorted(
        by_role.items(), key=lambda item: (natural_order(item[0][0]), item[0][1] != "source")
    ):
        seconds, downtimes = _values(cells, "seconds"), _values(cells, "downtime")
        yield RoleRow(
            host=host,
            role=role,
            group=groups.get(host, ""),
            moves=len(cells),
            failed=sum(cell["outcome"] == "failed" for cell in cells),
            median=median(seconds) if seconds else None,
            longest=max(seconds, default=None),
            median_downtime=median(downtimes) if downtimes else None,
            longest_downtime=max(downtimes, default=None),
        )


def _values(cells: Iterable[Mapping[str, Any]], key: str) -> list[float]:
    """Return the known values of passed pairs. A failed migration has no duration that can be compared."""
    return [float(cell[key]) for cell in cells if cell["outcome"] == "passed" and cell[key] is not None]


def _host_rows(hosts: Iterable[Mapping[str, Any]]) -> Iterator[HostRow]:
    order = list(_STATUSES)
    untested = [host for host in hosts if host["status"] != TESTED]
    for host in sorted(untested, key=lambda one: (order.index(one["status"]), natural_order(str(one["name"])))):
        yield HostRow(
            name=str(host["name"]),
            kind=_STATUSES[host["status"]],
            status=str(host["status"]).replace("_", " "),
            group=str(host["group"] or ""),
            zone=str(host["zone"] or ""),
            hypervisor_type=str(host["hypervisor_type"] or ""),
            reason=str(host["reason"] or ""),
        )


def _group(group: Mapping[str, Any], tested: Iterable[Mapping[str, Any]]) -> GroupRow:
    members = set(group["hosts"])
    cells = [cell for cell in tested if cell["source"] in members]
    return GroupRow(
        name=str(group["name"]),
        number=len(members),
        moves=len(cells),
        failed=sum(cell["outcome"] == "failed" for cell in cells),
        hosts=", ".join(sorted(map(str, members), key=natural_order)),
    )


def _reasons(cells: Iterable[Mapping[str, Any]]) -> Iterator[ReasonRow]:
    found: dict[str, list[str]] = {}
    for cell in cells:
        if cell["outcome"] == NOT_APPLICABLE:
            found.setdefault(str(cell["reason"] or "no reason is known"), []).append(" → ".join(_pair(cell)))
    for reason, pairs in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
        yield ReasonRow(reason, len(pairs), pairs[0])


def _false_predictions(prediction: Mapping[str, Any]) -> Facts:
    """Return the pairs whose migration contradicts the prediction, by the kind of the prediction."""
    names = {"false_can_move": "Predicted to move, but failed", "false_cannot_move": "Predicted to fail, but moved"}
    return tuple((label, ", ".join(map(_text, prediction[key]))) for key, label in names.items() if prediction.get(key))


def _text(pair: Any) -> str:
    return " → ".join(map(str, pair)) if isinstance(pair, list | tuple) else str(pair)


def _pair_page(report: Mapping[str, Any], migration: Mapping[str, Any], cell: Mapping[str, Any]) -> PairPage:
    view = migration_view(migration, (), "migration", MARKS)
    outcome = str(cell.get("outcome") or view.kind)
    facts = [("Server", view.name), ("Duration", format_seconds(view.duration))]
    if cell:
        facts.append(("Purpose", _PURPOSES.get(cell["purpose"], "not known")))
        facts.append(("Prediction", str(cell["prediction"] or "none").replace("_", " ")))
    if cell.get("downtime") is not None:
        facts.append(("Downtime", f"{cell['downtime']:.2f} s"))
    if cell.get("fault"):
        facts.append(("Fault", _FAULTS[cell["fault"]]))
    source, destination = _pair(cell) if cell else (view.source, view.destination)
    return PairPage(
        migration_views=(view,),
        histogram=None,
        kind=outcome,
        label=outcome.capitalize(),
        title=f"{source} → {destination}",
        lead=str(cell.get("reason") or view.message),
        key_facts=tuple(facts),
        run_id=str(report["run_id"]),
        collection=str(report["collection"]),
    )
