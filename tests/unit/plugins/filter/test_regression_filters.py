# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of the playbook regression, tested in templates."""

from __future__ import annotations

import re

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.stackproof.migration.plugins.filter import (
    misspelt_inputs,
    regression_choice,
    regression_cycle,
    regression_target,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.files import COLLECTION

PLAYBOOKS = COLLECTION / "playbooks"
KNOWN = yaml.safe_load((PLAYBOOKS / "vars/regression.yml").read_text(encoding="utf-8"))["__regression_known"]


def test_filters_return_dictionaries() -> None:
    choice = regression_choice.FilterModule().filters()["regression_choice"](
        {"regression_cloud": "mycloud"}, local="auto", os_cloud="", os_auth_url=""
    )
    assert choice["cloud"] == "mycloud"
    assert regression_cycle.FilterModule().filters()["regression_cycle"](choice, {})["cloud"] == "mycloud"
    assert regression_target.FilterModule().filters()["regression_target"]({}, name="berlin")["name"] == "berlin"


def test_choice_fails_for_another_value_of_regression_local() -> None:
    with pytest.raises(AnsibleFilterError, match="regression_local must be auto, true or false, found 'maybe'"):
        regression_choice.regression_choice({}, local="maybe", os_cloud="", os_auth_url="")


@pytest.mark.parametrize(
    ("name", "input_name"),
    [
        ("regression_suite", "regression_suites"),
        ("regression_coverge", "regression_coverage"),
        ("regression_clouds", "regression_cloud"),
        ("regression_maxmoves", "regression_max_moves"),
        # A variable of the user, which is similar only because of its prefix
        ("regression_id", None),
        ("regression_started_by", None),
    ],
)
def test_misspelt_inputs_are_found(name: str, input_name: str | None) -> None:
    found = misspelt_inputs.FilterModule().filters()["misspelt_inputs"]([name, *KNOWN], KNOWN, "regression_")
    expected = [] if input_name is None else [f"There is no input {name}. Did you mean {input_name}?"]
    assert found == expected


def test_every_variable_of_the_playbooks_is_known() -> None:
    used = set()
    for path in PLAYBOOKS.glob("regression*.yml"):
        used.update(re.findall(r"(?<![\w./])regression_(?!one|many)\w+", path.read_text(encoding="utf-8")))
    filters = {"regression_choice", "regression_cycle", "regression_coverage", "regression_target"}
    assert used <= set(KNOWN) | filters
