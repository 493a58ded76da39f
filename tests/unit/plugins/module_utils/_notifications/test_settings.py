# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.settings import (
    Broker,
    NotificationSettings,
    Tls,
    secrets_in_url,
)

SECRET = "correct-horse"


def settings(url: str, **more: Any) -> NotificationSettings:
    found = NotificationSettings.of({"notifications": {"url": url, **more}})
    assert found is not None
    return found


def test_there_are_no_settings_without_the_option() -> None:
    assert NotificationSettings.of({"notifications": None}) is None
    assert NotificationSettings.of({}) is None


@pytest.mark.parametrize(
    ("url", "brokers", "virtual_host"),
    [
        ("amqp://u:p@rabbit", [("rabbit", 5672, "u", "p")], "/"),
        ("amqps://u:p@rabbit/", [("rabbit", 5671, "u", "p")], "/"),
        ("amqp://u:p@rabbit:1234//", [("rabbit", 1234, "u", "p")], "/"),
        ("amqp://u:p@rabbit/%2F", [("rabbit", 5672, "u", "p")], "/"),
        ("AMQP://u:p%40%2F@[2001:db8::1]:1/nova", [("2001:db8::1", 1, "u", "p@/")], "nova"),
        ("rabbit://u:p@a:1,v:q@b/cell1", [("a", 1, "u", "p"), ("b", 5672, "v", "q")], "cell1"),
        ("rabbit://u:p@a,b:2/", [("a", 5672, "u", "p"), ("b", 2, "u", "p")], "/"),
    ],
)
def test_reads_urls(url: str, brokers: list[tuple[Any, ...]], virtual_host: str) -> None:
    found = settings(url)
    assert found.brokers == tuple(Broker(*one) for one in brokers)
    assert found.virtual_host == virtual_host
    assert (found.exchange, found.topic, found.interval) == ("nova", "versioned_notifications", 10)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "must be the address of RabbitMQ"),
        (f"user:{SECRET}@rabbit", "must be the address of RabbitMQ"),
        (f"https://user:{SECRET}@rabbit", "must begin with one of amqp://, .*, found https://"),
        (f"amqp://user:{SECRET}@", "must contain a host and a port"),
        (f"amqp://user:{SECRET}@rabbit:0", "must contain a host and a port"),
        (f"amqp://user:{SECRET}@rabbit:65536", "must contain a host and a port"),
        (f"amqp://user:{SECRET}@rabbit:port", "must contain a host and a port"),
        ("amqp://rabbit", "must contain a user and a password"),
        (f"amqp://:{SECRET}@rabbit", "must contain a user and a password"),
        (f"amqp://user:{SECRET}@rabbit/nova?ssl=1", "must end after the virtual host"),
    ],
)
def test_refuses_wrong_urls_without_showing_the_password(url: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem) as refused:
        settings(url)
    assert SECRET not in str(refused.value)
    assert str(refused.value).startswith("notifications: url")


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"interval": 0.5}, "interval must be from 1 to 60, found 0.5"),
        ({"interval": float("nan")}, "interval must be from 1 to 60"),
        ({"topic": "versioned_notifications.*"}, "topic must be the name of one topic"),
        ({"tls": {"ca_cert": "/ca.pem"}}, "Begin url with amqps://"),
    ],
)
def test_refuses_wrong_options(more: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        settings("amqp://u:p@rabbit", **more)


def test_reads_the_files_for_tls() -> None:
    assert settings("amqp://u:p@rabbit", tls={"ca_cert": None}).tls is None
    assert settings("amqps://u:p@rabbit").tls == Tls()
    files = {"ca_cert": "/ca.pem", "client_cert": "/cert.pem", "client_key": "/key.pem"}
    assert settings("amqps://u:p@rabbit", tls=files).tls == Tls(**files)
    with pytest.raises(InputError, match="no client_cert"):
        settings("amqps://u:p@rabbit", tls={"client_key": "/key.pem"})


@pytest.mark.parametrize(
    "url",
    [
        f"amqp://user:{SECRET}@rabbit/nova",
        f"rabbit://user:other@a,user:{SECRET}@b/nova",
        f"user:{SECRET}@rabbit",
        f"amqp://user:{SECRET}@rabbit:port/?ssl=1",
    ],
)
def test_finds_the_password_in_urls(url: str) -> None:
    found = set(secrets_in_url(url))
    assert {url, SECRET} <= found
    assert SECRET not in repr(Broker("rabbit", 5672, "user", SECRET))


def test_finds_the_password_as_the_user_would_write_it_elsewhere() -> None:
    assert {"p%40ss", "p@ss"} <= set(secrets_in_url("amqp://user:p%40ss@rabbit"))
    assert list(secrets_in_url(None)) == []
