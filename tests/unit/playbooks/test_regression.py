# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

PLAYBOOK = Path(__file__).parents[3] / "playbooks" / "regression_one.yml"


@pytest.mark.parametrize(
    ("given", "tolerated"),
    [
        ({}, False),
        ({"regression_inconclusive_is_ok": True}, True),
        ({"migration_cycle_inconclusive_is_ok": True}, True),
        ({"migration_cycle_inconclusive_is_ok": "yes"}, True),
        ({"regression_inconclusive_is_ok": False, "migration_cycle_inconclusive_is_ok": True}, False),
    ],
)
def test_either_input_tolerates_inconclusive(given: dict[str, Any], tolerated: bool) -> None:
    (play,) = yaml.safe_load(PLAYBOOK.read_text())
    facts = next(task["ansible.builtin.set_fact"] for task in play["tasks"] if "ansible.builtin.set_fact" in task)
    variables = {
        name: trust_as_template(value) if isinstance(value, str) else value for name, value in play["vars"].items()
    }
    templar = Templar(loader=DataLoader(), variables={**variables, **given})
    assert templar.template(trust_as_template(facts["regression_tolerates_inconclusive"])) is tolerated
