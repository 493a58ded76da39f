# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.html import html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.migrations import migration_view
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.redaction import redacted
from ansible_collections.stackproof.migration.tests.browser.evidence import sample
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import cycles

OLD = {"volume_id": "v", "attachment_id": "a1", "status": "attached", "host": None}
NEW = {
    "volume_id": "v",
    "volume_status": "in-use",
    "attachment_id": "a2",
    "status": "attached",
    "host": "compute2",
    "in_nova": True,
    "nova_attachment_id": "a2",
}
EMPTY = {**NEW, "volume_status": "available", "attachment_id": None, "status": None, "host": None}
BOUND = {"port_id": "p", "port_status": "ACTIVE", "host": "compute1", "status": "ACTIVE"}
INACTIVE = {**BOUND, "host": "compute2", "status": "INACTIVE"}


@pytest.mark.parametrize(
    ("values", "rows"),
    [
        ({}, []),
        ({"volume_attachments_before": None, "port_bindings": None}, []),
        ({"volume_attachments_before": [OLD], "volume_attachments": [NEW]},
         [("volume v", ("attached (a1)",), ("in-use", "attached on compute2 (a2)"))]),
        ({"volume_attachments_before": [OLD], "volume_attachments": [EMPTY]},
         [("volume v", ("attached (a1)",), ("available", "none"))]),
        ({"volume_attachments_before": [OLD]}, [("volume v", ("attached (a1)",), ("not visible",))]),
        ({"volume_attachments_before": [], "volume_attachments": [NEW]},
         [("volume v", ("none",), ("in-use", "attached on compute2 (a2)"))]),
        ({"port_bindings_before": [BOUND], "port_bindings": [BOUND, INACTIVE]},
         [("port p", ("ACTIVE", "ACTIVE on compute1"),
           ("ACTIVE", "ACTIVE on compute1", "INACTIVE on compute2"))]),
    ],
)  # fmt: skip
def test_volumes_and_ports_before_and_after(values: dict[str, Any], rows: list[Any]) -> None:
    found = migration_view(cycles.migration(**values), [], "m1", 40).volumes_and_ports
    assert [(one.name, one.before, one.after) for one in found] == rows


def test_report_shows_volumes_and_ports() -> None:
    evidence = sample("failed")
    assert "Attachments of volumes and bindings of ports" not in html(evidence)
    evidence["migrations"][0] |= {"volume_attachments_before": [OLD], "volume_attachments": [NEW]}
    evidence["migrations"][0] |= {"port_bindings_before": [BOUND], "port_bindings": [BOUND, INACTIVE]}
    text = html(evidence)
    assert "Attachments of volumes and bindings of ports" in text
    assert "<td>in-use; attached on compute2 (a2)</td>" in text
    assert "<td>ACTIVE; ACTIVE on compute1; INACTIVE on compute2</td>" in text
    evidence["migrations"] *= 40
    assert "<li>Volume v: attached (a1) before; in-use, attached on compute2 (a2) after.</li>" in html(evidence)


def test_redaction_replaces_hosts_of_attachments_and_bindings() -> None:
    texts = [f"volume v in-use, attached on rack{number}" for number in (7, 9)]
    one = {
        "volume_attachments": [{**NEW, "host": "rack9"}],
        "port_bindings": [{**BOUND, "host": "rack7"}],
        "checks": [cycles.check("volume_attachments", texts[:1], texts[1:])],
    }
    assert "rack" not in str(redacted({"migrations": [one]}))
