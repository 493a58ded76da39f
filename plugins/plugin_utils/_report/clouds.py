# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that collect the outcomes of all clouds in one report (schemas/clouds.schema.json)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ansible_collections.stackproof.migration.plugins.module_utils._migration.outcome import GOOD
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.headlines import split_first_sentence
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.redaction import redacted
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timestamps import seconds_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Target = dict[str, Any]

VERSION = 1
PASSED, INCONCLUSIVE, ERROR, FAILED = "passed", "inconclusive", "error", "failed"
# The outcomes, from the best to the worst. A run gets the worst outcome of all tested clouds.
OUTCOMES = (PASSED, INCONCLUSIVE, ERROR, FAILED)
# The outcome of a target in check mode, in which a run migrates no server and writes no file.
CHECKED = "checked"
_SEVERITY = (PASSED, CHECKED, INCONCLUSIVE, ERROR, FAILED)
# JUnit shows an inconclusive target without evidence as a skipped test.
_OF_STEP = {INCONCLUSIVE: "skipped"}
_LOST = "Ansible reported no result for this target. See the output of Ansible, with -v for details."


def folder_of(name: str) -> str:
    """Return the name of the report folder of a target. Each target gets its own folder."""
    safe = quote(name, safe=" @+,=~")
    return f"%2E{safe[1:]}" if safe.startswith(".") else safe


def build(
    found: Iterable[Mapping[str, Any]], *, names: Sequence[str], run_id: str, started: str, ended: str, collection: str
) -> dict[str, Any]:
    """Return the report about many clouds.

    ``found`` contains the result of each cloud that the playbook ``regression`` tested.
    """
    by_name = {target["name"]: target for target in found}
    targets = [_target(by_name.get(name) or {"name": name, "error": _LOST}) for name in names]
    return {
        "version": VERSION,
        "run_id": run_id,
        "outcome": max((target["outcome"] for target in targets), key=_SEVERITY.index),
        "ok": all(target["ok"] for target in targets),
        "started": started,
        "ended": ended,
        "seconds": round(seconds_between(started, ended) or 0.0, 3),
        "collection": collection,
        "counts": {outcome: sum(target["outcome"] == outcome for target in targets) for outcome in OUTCOMES},
        "targets": targets,
    }


def _target(found: Mapping[str, Any]) -> Target:
    """Return the report entry of one target cloud.

    If the target wrote no evidence, the entry contains its result or its error.
    """
    evidence = found.get("evidence") or {}
    if found.get("redact_hosts"):
        # Keep the name of the target, because the folder of its report has the same name.
        found = {**redacted({**found, "name": "", "report": "", "evidence": {}}), **_kept(found), "evidence": evidence}
    result = found.get("result") or {}
    outcome_source = evidence or result or {"outcome": ERROR, "reason": _in_one_line(found.get("error") or _LOST)}
    outcome, reason = str(outcome_source["outcome"]), str(outcome_source["reason"])
    cloud = evidence.get("cloud") or {}
    migrations = outcome_source.get("migrations") or []
    seconds = dict(outcome_source.get("seconds") or {})
    return {
        "name": found["name"],
        "outcome": outcome,
        "ok": outcome in (PASSED, CHECKED) or (outcome == INCONCLUSIVE and bool(found.get("inconclusive_is_ok"))),
        "reason": reason,
        "failed_step": str(outcome_source.get("failed_step") or ""),
        "cloud": cloud.get("name") or found.get("cloud") or None,
        "region": found.get("region") or None,
        "availability_zone": found.get("availability_zone") or None,
        "release": cloud.get("release"),
        "microversion": (cloud.get("microversion") or {}).get("max"),
        "run_id": str(outcome_source.get("run_id") or ""),
        "started": evidence.get("started"),
        "ended": evidence.get("ended"),
        "seconds": seconds,
        "migrations": len(migrations),
        "completed": sum(target.get("outcome") in GOOD for target in migrations),
        "steps": evidence.get("steps") or [_single_step(outcome, reason, seconds.get("total"))],
        "report": found.get("report") or None,
    }


def _kept(found: Mapping[str, Any]) -> dict[str, Any]:
    return {key: found[key] for key in ("name", "report") if key in found}


def _single_step(outcome: str, reason: str, seconds: float | None) -> dict[str, Any]:
    return {"name": "cycle", "outcome": _OF_STEP.get(outcome, outcome), "seconds": seconds, "reason": reason}


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def summary_lines(clouds: Mapping[str, Any]) -> list[str]:
    """Return one line for each target, with failed targets first."""
    width = max(len(target["name"]) for target in clouds["targets"])
    return [
        f"{target['outcome']:<12}  {target['name']:<{width}}  {_duration_text(target):>8}"
        f"  {split_first_sentence(target['reason'])[0]}".rstrip()
        for target in worst_first(clouds["targets"])
    ]


def worst_first(targets: Iterable[Target]) -> list[Target]:
    """Return the targets sorted by outcome. The worst outcome comes first."""
    return sorted(targets, key=lambda target: -_SEVERITY.index(target["outcome"]))


def failure_messages(clouds: Mapping[str, Any]) -> dict[str, str]:
    """Return an error message for each cloud whose test did not succeed."""
    return {target["name"]: _failure_message(target) for target in clouds["targets"] if not target["ok"]}


def _failure_message(target: Target) -> str:
    step = f", in {target['failed_step']}" if target["failed_step"] else ""
    return f"{target['outcome']}{step}: {target['reason']}"


def _duration_text(target: Target) -> str:
    total = target["seconds"].get("total")
    return "" if total is None else f"{total:.1f} s"
