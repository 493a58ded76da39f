# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.stackproof.migration.plugins.filter.regression_choice import FilterModule

choose = FilterModule().filters()["regression_choice"]
NOTHING = {"cloud": "", "local": "auto", "os_cloud": "", "os_auth_url": ""}


@pytest.mark.parametrize(
    ("given", "use", "cloud"),
    [
        ({}, "local_if_ready", ""),
        ({"local": True}, "local", ""),
        ({"local": "true"}, "local", ""),
        ({"local": "yes"}, "local", ""),
        # the SDK then takes the only cloud of clouds.yaml, if there is only one
        ({"local": False}, "cloud", ""),
        ({"local": "false"}, "cloud", ""),
        ({"os_cloud": "mycloud"}, "cloud", "mycloud"),
        ({"os_auth_url": "https://example.org"}, "cloud", ""),
        ({"cloud": "mycloud"}, "cloud", "mycloud"),
        ({"cloud": {"auth": {}}}, "cloud", {"auth": {}}),
        ({"cloud": "one", "os_cloud": "another"}, "cloud", "one"),
        # a variable is stronger than the environment, and a name is stronger than a wish
        ({"local": "true", "os_cloud": "mycloud", "os_auth_url": "https://example.org"}, "local", ""),
        ({"local": "true", "cloud": "mycloud"}, "cloud", "mycloud"),
    ],
    ids=str,
)
def test_cloud_is_chosen_by_what_is_given(given: dict[str, Any], use: str, cloud: object) -> None:
    choice = choose(NOTHING | given)
    assert (choice["use"], choice["cloud"]) == (use, cloud)
    assert bool(choice["reason"]) is (use != "cloud")


@pytest.mark.parametrize("local", ["", "maybe", None, 7])
def test_unknown_value_of_regression_local(local: object) -> None:
    with pytest.raises(AnsibleFilterError, match="regression_local must be auto, true or false, and is "):
        choose(NOTHING | {"local": local})
