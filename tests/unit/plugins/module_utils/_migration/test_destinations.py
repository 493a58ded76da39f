# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._migration.destinations import (
    destinations_by_id,
    parse_destinations,
)

ONE = "aaaaaaaa-0000-4000-8000-000000000001"
TWO = "aaaaaaaa-0000-4000-8000-000000000002"
WEB = {"id": ONE, "name": "web-1"}
DATABASE = {"id": TWO, "name": "db"}


def test_destinations_are_text() -> None:
    assert parse_destinations({17: 4, "web": "compute1"}) == {"17": "4", "web": "compute1"}


@pytest.mark.parametrize("host", [None, "", " ", ["compute1"], {"host": "compute1"}, True])
def test_refuses_a_destination_that_is_no_name(host: Any) -> None:
    with pytest.raises(InputError, match=r"^destinations: the host of the server web-1 must be the name") as raised:
        parse_destinations({"web-1": host})
    assert repr(host) in raised.value.failure.message


@pytest.mark.parametrize(
    ("destinations", "servers", "found"),
    [
        ({}, {"web-1": WEB}, {}),
        ({"web-1": "a", "db": "b"}, {"web-1": WEB, "db": DATABASE}, {ONE: "a", TWO: "b"}),
        # The options may name a server in different ways.
        ({ONE: "a"}, {"web-1": WEB, "db": DATABASE}, {ONE: "a"}),
        ({"web-1": "a"}, {ONE: WEB}, {ONE: "a"}),
        ({ONE.upper(): "a"}, {"web-1": WEB}, {ONE: "a"}),
        ({"web-1": "a", ONE: "a"}, {"web-1": WEB}, {ONE: "a"}),
        # A server that no longer exists
        ({ONE: "a"}, {ONE.upper(): None}, {ONE: "a"}),
    ],
)
def test_finds_the_server_of_each_destination(
    destinations: dict[str, str], servers: dict[str, dict[str, Any] | None], found: dict[str, str]
) -> None:
    assert destinations_by_id(destinations, servers) == found


@pytest.mark.parametrize(
    ("destinations", "servers", "message"),
    [
        (
            {"web1": "a"},
            {"web-1": WEB},
            "the server web1 is not in servers. Did you mean web-1? Add the server to servers, or remove it from",
        ),
        ({"WEB-1": "a"}, {"web-1": WEB}, "the server WEB-1 is not in servers. "),
        (
            {"web-1": "a", ONE: "b"},
            {"web-1": WEB},
            f"destinations: two entries name different hosts for the server {ONE}: a and b. Remove one of them.",
        ),
        (
            {"web-1": "a"},
            {ONE: WEB, TWO: {"id": TWO, "name": "web-1"}},
            f"destinations: 2 of the servers have the name 'web-1': {ONE}, {TWO}. Use the id.",
        ),
    ],
)
def test_refuses_a_destination_without_a_single_server(
    destinations: dict[str, str], servers: dict[str, dict[str, Any] | None], message: str
) -> None:
    with pytest.raises(InputError) as raised:
        destinations_by_id(destinations, servers)
    assert message in raised.value.failure.message
