# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import logging
from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._module.secrets import (
    HIDDEN_OPTION,
    mask_options,
    mask_result,
    mask_text,
    secrets_in,
)
from keystoneauth1 import loading

SECRET = "correct-horse-battery"


@pytest.mark.parametrize(
    "params",
    [
        {"auth": {"username": "operator", "password": SECRET}},
        {"cloud": {"auth": {"username": "operator", "password": SECRET}}},
        {"cloud": {"username": "operator", "password": SECRET}},
        {"cloud": {"regions": [{"name": "operator", "values": {"auth": {"password": SECRET}}}]}},
        {"cloud": {"name": "operator", "values": {"deeper": [{"auth": {"x": {"y": [SECRET]}}}]}}},
        {"auth": {"username": "operator", "v3password": {"password": SECRET}}},
        {"auth": {"username": "operator", "passcode": [SECRET]}},
        {"auth": {"username": "operator", "misspelled": SECRET}},
        {"cloud": '{"auth": {"password": "' + SECRET + '"}}', "name": "operator"},
    ],
)
def test_masks_secret_at_any_depth(params: dict[str, Any]) -> None:
    assert any(SECRET in secret for secret in secrets_in(params))
    masked = str(mask_options(params))
    assert SECRET not in masked
    assert HIDDEN_OPTION in masked
    assert "operator" in masked


def test_masks_secret_in_the_text_of_another_option() -> None:
    params = {"auth": {"password": SECRET}, "reason": f"the word {SECRET}", "host": "compute1"}
    assert mask_options(params) == {
        "auth": {"password": HIDDEN_OPTION},
        "reason": "the word ********",
        "host": "compute1",
    }


def test_masks_secrets_of_every_authentication_plugin() -> None:
    logging.disable(logging.CRITICAL)
    try:
        loaders: list[Any] = [loading.get_plugin_loader(name) for name in loading.get_available_plugin_names()]
    finally:
        logging.disable(logging.NOTSET)
    names = {option.dest for loader in loaders for option in loader.get_options() if option.secret}
    assert {"password", "token", "passcode", "client_secret", "application_credential_secret"} <= names
    for name in names:
        for params in ({"auth": {name: SECRET}}, {"cloud": {name: SECRET}}, {"cloud": {"auth": {name: SECRET}}}):
            assert secrets_in(params) == {SECRET}, params


def test_does_not_mask_settings_without_secrets() -> None:
    auth = {"username": "operator", "auth_url": "http://127.0.0.1:5000/v3", "project_name": "validation"}
    params = {"cloud": {"auth": auth, "region_name": "RegionOne", "verify": False, "key": "/etc/client.key"}}
    assert secrets_in(params) == set()
    assert mask_options(params) == params
    assert mask_options({"cloud": "lab", "auth": None, "host": "compute1"}) == {
        "cloud": "lab",
        "auth": None,
        "host": "compute1",
    }


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ({"host": "compute1"}, {"host": "compute1"}),
        ({"host": "compute"}, {"host": "compute"}),
        ({"hosts": ["compute", "compute-2", "a.compute.example.org"]}, None),
        ({"url": "http://compute:8774/v2.1"}, None),
        ({"msg": "refused compute"}, {"msg": "refused ********"}),
        ({"msg": "compute"}, {"msg": "********"}),
        ({"msg": "the host compute1 is down"}, None),
        ({"fault": "compute"}, {"fault": "********"}),
        ({"metadata": {"any": "compute"}}, {"metadata": {"any": "********"}}),
        ({"deep": [{"text": "a compute b"}]}, {"deep": [{"text": "a ******** b"}]}),
        ({"number": 5, "nothing": None, "yes": True}, None),
    ],
)
def test_weak_secret_is_masked_in_texts_and_not_in_identifiers(value: Any, masked: Any) -> None:
    assert mask_result(value, {"compute"}) == (value if masked is None else masked)


def test_long_secret_is_masked_inside_words_of_a_text() -> None:
    assert mask_text(f"sent x{SECRET}y", {SECRET}) == "sent x********y"
    assert mask_text("nothing", set()) == "nothing"


@pytest.mark.parametrize(
    "notifications",
    [
        {"url": f"amqp://operator:{SECRET}@rabbit/nova"},
        f"amqp://operator:{SECRET}@rabbit/nova",
        [f"amqp://operator:{SECRET}@rabbit/nova"],
    ],
)
def test_masks_the_url_of_rabbitmq(notifications: Any) -> None:
    params = {"notifications": notifications, "reason": f"the word {SECRET}", "host": "compute1"}
    masked = mask_options(params)
    assert masked["reason"] == "the word ********"
    assert masked["host"] == "compute1"
    assert SECRET not in str(masked)
    assert HIDDEN_OPTION in str(masked["notifications"])


def test_shows_the_other_options_of_notifications() -> None:
    url = f"amqp://operator:{SECRET}@rabbit/nova"
    masked = mask_options({"notifications": {"url": url, "exchange": "nova", "tls": None}})
    assert masked == {"notifications": {"url": HIDDEN_OPTION, "exchange": "nova", "tls": None}}
    assert mask_text(f"The value {url} is wrong.", secrets_in({"notifications": {"url": url}})) == (
        "The value ******** is wrong."
    )
    assert mask_options({"notifications": None}) == {"notifications": None}
