# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The message about a configuration error names the file and the key.

It also gives advice for this error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

AUTH = {
    "auth_url": "http://127.0.0.1:9/v3",
    "username": "operator",
    "password": "very-secret",
    "project_name": "validation",
    "user_domain_name": "Default",
    "project_domain_name": "Default",
}


def message_of(file: Path, text: str, monkeypatch: pytest.MonkeyPatch, cloud: str | None = "mine") -> str:
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(file))
    with pytest.raises(ConfigurationError) as caught:
        connect({"cloud": cloud})
    assert "very-secret" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", " is empty. Write the clouds under the key"),
        ("# nothing yet\n", " has comments only. Write the clouds under the key"),
        ("clouds:\n  mine:\n    auth: [\n", ", line 4, column 1: not valid YAML: expected the node content"),
        ("clouds:\n\tmine: {}\n", ", line 2, column 1: not valid YAML: found character"),
        ("clouds: {mine: *other}\n", ", line 1, column 16: not valid YAML: found undefined alias"),
        ("\x00", ": not valid YAML: special characters are not allowed."),
        ("- mine\n", " must be a mapping with the key clouds, found a list."),
        ("cluods: {mine: {}}\n", " has no key clouds, only cluods."),
        ("clouds:\n", ": the key clouds must be a mapping of cloud names to settings, found nothing."),
        ("clouds: [mine]\n", ": the key clouds must be a mapping of cloud names to settings, found a list."),
    ],
)
@pytest.mark.parametrize("cloud", ["mine", None])
def test_error_for_an_invalid_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, problem: str, cloud: str | None
) -> None:
    file = tmp_path / "clouds.yaml"
    assert message_of(file, text, monkeypatch, cloud).startswith(f"{file}{problem}")


def test_invalid_file_is_ignored_if_the_options_have_all_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "clouds.yaml"
    file.write_text("clouds: [", encoding="utf-8")
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(file))
    assert connect({"auth": AUTH}).location()["auth_url"] == AUTH["auth_url"]


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (None, "The entry must be a mapping of settings, found nothing."),
        ("text", "The entry must be a mapping of settings, found a text."),
        ({"auth": ["x"]}, "auth must be a mapping, found a list."),
        ({"auth": None}, "auth must be a mapping, found nothing."),
        ({"auth": {**AUTH, "passwrod": "very-secret"}}, "auth has the key passwrod, which auth_type=password does not"),
        ({"auth": {**AUTH, "passwrod": "very-secret"}}, "Did you mean password?"),
        ({"auth": {**AUTH, "password": ["very-secret"]}}, "auth.password must be a text, found a list."),
        ({"auth": {**AUTH, "auth_url": 5}}, "auth.auth_url must be a URL that begins with http:// or https://"),
        ({"auth": {**AUTH, "auth_url": "cloud:5000/v3"}}, "found 'cloud:5000/v3'."),
        ({"auth": {**AUTH, "auth_url": None}}, "auth.auth_url has no value. Set it to a URL such as"),
        ({"auth": {**AUTH, "auth_url": "http://a/v3/auth/tokens"}}, "Remove that path."),
        ({"auth": {"username": "operator"}}, "auth has no auth_url. Add it."),
        ({"auth": AUTH, "auth_type": "passwrod"}, "There is no authentication plugin auth_type=passwrod. Did you mean"),
        ({"auth": AUTH, "auth_type": "v3applicationcredential"}, "You must provide either an application credential"),
        ({"auth": {}, "profile": "nowhere"}, "The profile nowhere exists neither in clouds-public.yaml"),
        ({"auth": AUTH, "interface": "publik"}, "There is no interface=publik. Did you mean public?"),
        ({"auth": AUTH, "cacert": "/no/such/file"}, "cacert: there is no file /no/such/file."),
        ({"auth": AUTH, "compute_endpoint_override": "x"}, "compute_endpoint_override must be a URL that begins with"),
    ],
)  # fmt: skip
def test_error_for_an_invalid_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: Any, problem: str) -> None:
    file = tmp_path / "clouds.yaml"
    message = message_of(file, yaml.safe_dump({"clouds": {"mine": entry, "other": {}}}), monkeypatch)
    assert message.startswith(f"Invalid cloud settings in the entry mine of {file}: ")
    assert problem in message


def test_error_if_no_cloud_of_several_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = yaml.safe_dump({"clouds": {"lab": {"auth": AUTH}, "berlin": {"auth": AUTH}}})
    message = message_of(tmp_path / "clouds.yaml", text, monkeypatch, None)
    assert message.startswith(f"No cloud is named. {tmp_path}/clouds.yaml has: berlin, lab. Set cloud or OS_CLOUD")


def test_error_for_an_unknown_region_of_the_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"auth": AUTH, "regions": ["a", "b"]}
    file = tmp_path / "clouds.yaml"
    file.write_text(yaml.safe_dump({"clouds": {"mine": entry}}), encoding="utf-8")
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(file))
    with pytest.raises(
        ConfigurationError, match=r"Region c is not a valid region name for cloud mine.*case sensitive\."
    ):
        connect({"cloud": "mine", "region_name": "c"})
