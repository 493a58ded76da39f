# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check the report of a run. A run writes a report for every outcome."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import xmlschema
from ansible_collections.stackproof.migration.tests.proof.runs import ROOT

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.proof.runs import Result

_EVIDENCE = jsonschema.Draft202012Validator(
    json.loads((ROOT / "schemas/evidence.schema.json").read_text(encoding="utf-8"))
)
_JUNIT = xmlschema.XMLSchema(ROOT / "tests/unit/plugins/plugin_utils/junit.xsd")
# Every Fernet token of Keystone begins with these characters.
_TOKEN = "gAAAA"


def require_report(result: Result) -> None:
    """Require a valid report.

    The evidence, JUnit and HTML files must be valid and contain the outcome. No file may contain a token.
    """
    evidence = json.loads((result.report / "evidence.json").read_text(encoding="utf-8"))
    _EVIDENCE.validate(evidence)
    assert (evidence["outcome"], evidence["reason"]) == (result.facts["outcome"], result.facts["reason"])
    _JUNIT.validate(result.report / "junit.xml")
    page = (result.report / "report.html").read_text(encoding="utf-8")
    assert result.outcome in page
    for path in filter(lambda entry: entry.is_file(), result.report.rglob("*")):
        assert _TOKEN not in path.read_text(encoding="utf-8"), path
