# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import (
    RoleInputs,
    number_of,
    switch_of,
    whole_number_of,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.role_seconds import between


@pytest.mark.parametrize(
    ("value", "number", "whole"),
    [
        (2, 2.0, 2),
        ("2", 2.0, 2),
        (2.0, 2.0, 2),
        ("0.25", 0.25, None),
        ("", None, None),
        ("two", None, None),
        (None, None, None),
        (True, None, None),
        ([2], None, None),
        ("nan", None, None),
        (float("inf"), None, None),
    ],
)
def test_accepts_numbers_as_strings(value: Any, number: float | None, whole: int | None) -> None:
    assert (number_of(value), whole_number_of(value)) == (number, whole)


@pytest.mark.parametrize(
    ("value", "switch"),
    [(True, True), ("True", True), ("yes", True), (0, False), ("false", False), ("", None), (None, None), (2, None)],
)
def test_reads_booleans_as_ansible_does(value: Any, switch: bool | None) -> None:
    assert switch_of(value) is switch


def test_problem_does_not_show_the_settings_of_a_cloud() -> None:
    given = RoleInputs("role", {"role_cloud": ["secret"]})
    given.require_cloud("cloud")
    assert given.problems == [
        (
            "role_cloud must be an entry of clouds.yaml or a dictionary with its settings, found a value of"
            " type list. Set it to the name of an entry, or leave it empty to use OS_* variables."
        )
    ]


@pytest.mark.parametrize("cloud", ["", None, "mycloud", {"auth": {"password": "secret"}}])
def test_accepts_name_or_settings_of_a_cloud(cloud: Any) -> None:
    given = RoleInputs("role", {"role_cloud": cloud})
    given.require_cloud("cloud")
    assert given.problems == []


@pytest.mark.parametrize("started", [1764172800.25, "1764172800.25"])
@pytest.mark.parametrize("ended", [1764172810.5, "1764172810.5"])
def test_accepts_seconds_as_numbers_and_strings(started: float | str, ended: float | str) -> None:
    assert between(started, ended) == 10.2


SECRET = "correct-horse"
URL = f"amqp://reader:{SECRET}@rabbit/nova"


@pytest.mark.parametrize(
    "value", ["", None, {}, {"url": URL}, {"url": URL, "interval": "5"}, {"url": f"amqps{URL[4:]}", "tls": {}}]
)
def test_accepts_notifications(value: Any) -> None:
    given = RoleInputs("role", {"role_notifications": value})
    given.require_notifications()
    assert given.problems == []


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (URL, "role_notifications must be a dictionary with the key url, found a value of type str"),
        ({"urll": URL}, "role_notifications has no option urll. .* Did you mean url?"),
        ({"exchange": "nova"}, "role_notifications: url must be the address of RabbitMQ"),
        ({"url": f"http{URL[4:]}"}, "role_notifications: url must begin with one of"),
        ({"url": URL, "interval": "often"}, "role_notifications: interval must be from 1 to 60"),
        ({"url": URL, "tls": "yes"}, "role_notifications: tls must be a dictionary"),
        (
            {"url": URL, "tls": {"ca_crt": "x"}},
            "role_notifications: tls has no option ca_crt.* Did you mean ca_cert?",
        ),
        ({"url": URL, "tls": {"ca_cert": "x"}}, "role_notifications: tls is set, but url begins with amqp://"),
    ],
)
def test_refuses_notifications_without_showing_the_password(value: Any, problem: str) -> None:
    given = RoleInputs("role", {"role_notifications": value})
    given.require_notifications()
    assert re.search(problem, given.problems[0])
    assert SECRET not in str(given.problems)
