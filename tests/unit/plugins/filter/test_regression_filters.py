# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of the playbook regression, tested in templates."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.stackproof.migration.plugins.filter import (
    regression_choice,
    regression_cycle,
    regression_target,
)


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
