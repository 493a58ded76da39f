# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Find problems in clouds.yaml and in the other settings of a cloud."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.stackproof.migration.plugins.module_utils._api import sdk
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

_URL = re.compile(r"https?://[^\s/]+")
_UNKNOWN_ARGUMENT = re.compile(r"unexpected keyword argument '(?P<name>\w+)'")
_INTERFACES = ("public", "internal", "admin")
# A list is valid only for these keys of the option ``auth``.
_LISTS_IN_AUTH = frozenset({"auth_methods", "passcode"})


class CloudsFile:
    """The file clouds.yaml that the SDK reads.

    ``path`` is None if there is no file. ``problem`` is None if the file is valid.
    """

    def __init__(self) -> None:
        self.path = next((Path(one).absolute() for one in sdk.clouds_file_candidates() if Path(one).exists()), None)
        self.entries: dict[str, Any] = {}
        self.problem = None if self.path is None else self._read(self.path)

    def _read(self, path: Path) -> str | None:
        try:
            text = path.read_text(encoding="utf-8")
            content = yaml.safe_load(text)
        except OSError as error:
            return f"{path} cannot be read: {error.strerror}. Correct its permissions."
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            return _not_yaml(path, error)
        return self._check(path, text, content)

    def _check(self, path: Path, text: str, content: Any) -> str | None:
        action = "Write the clouds under the key clouds of this file, or name another file in OS_CLIENT_CONFIG_FILE."
        if content is None:
            found = "is empty" if not text.strip() else "has comments only"
            return f"{path} {found}. {action}"
        if not isinstance(content, dict):
            return f"{path} must be a mapping with the key clouds, found {_type_of(content)}. {action}"
        if "clouds" not in content:
            keys = [str(key) for key in content]
            return f"{path} has no key clouds, only {', '.join(keys)}. {action}"
        clouds = content["clouds"]
        if not isinstance(clouds, dict) or not clouds:
            found = "nothing" if not clouds else _type_of(clouds)
            return f"{path}: the key clouds must be a mapping of cloud names to settings, found {found}. {action}"
        self.entries = clouds
        return None


def _not_yaml(path: Path, error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    where = "" if mark is None else f", line {mark.line + 1}, column {mark.column + 1}"
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error).splitlines()[0]
    return f"{path}{where}: not valid YAML: {reason}. Correct the file."


def problems_of_entry(entry: Any) -> list[str]:
    """Return the problems of an entry of clouds.yaml. The result contains no secrets."""
    if not isinstance(entry, Mapping):
        return [f"The entry must be a mapping of settings, found {_type_of(entry)}."]
    auth = entry.get("auth")
    if auth is not None and not isinstance(auth, Mapping):
        return [f"auth must be a mapping, found {_type_of(auth)}."]
    problems = [] if auth is not None or "auth" not in entry else ["auth must be a mapping, found nothing."]
    return [*problems, *_problems_of_auth(auth or {}), *_problems_of_settings(entry)]


def _problems_of_auth(auth: Mapping[str, Any]) -> list[str]:
    problems = []
    for name, value in auth.items():
        if name == "auth_url":
            problems += _problem_of_url(name, value)
        elif value is None:
            problems.append(f"auth.{name} has no value.")
        elif isinstance(value, (list, dict)) and name not in _LISTS_IN_AUTH:
            problems.append(f"auth.{name} must be a text, found {_type_of(value)}.")
    return problems


def _problems_of_settings(entry: Mapping[str, Any]) -> list[str]:
    problems = []
    for name, value in entry.items():
        if str(name).endswith("endpoint_override") and value is not None:
            problems += _problem_of_url(str(name), value)
        elif name in ("cacert", "cert", "key") and value and not Path(str(value)).expanduser().exists():
            problems.append(f"{name}: there is no file {value}.")
    interface = entry.get("interface")
    if isinstance(interface, str) and interface.removesuffix("URL") not in _INTERFACES:
        suggestion = did_you_mean(interface, _INTERFACES) or f"Choose one of {', '.join(_INTERFACES)}."
        problems.append(f"There is no interface={interface}. {suggestion}")
    return problems


def _problem_of_url(name: str, value: Any) -> list[str]:
    if isinstance(value, str) and _URL.match(value):
        token_path = name == "auth_url" and value.rstrip("/").endswith("/auth/tokens")
        return (
            ["auth.auth_url ends in /auth/tokens, the path of token requests. Remove that path."] if token_path else []
        )
    label = "auth.auth_url" if name == "auth_url" else name
    if value is None or value == "":
        return [f"{label} has no value. Set it to a URL such as https://cloud.example.org:5000/v3."]
    return [f"{label} must be a URL that begins with http:// or https://, found {value!r}."]


def unknown_auth_type(auth_type: str) -> str | None:
    """Return a message when there is no authentication plugin with this name.

    This function is slow because it imports all plugins.
    """
    plugins = sdk.auth_plugins()
    if auth_type in plugins:
        return None
    suggestion = did_you_mean(auth_type, plugins) or f"The plugins are: {', '.join(plugins)}."
    return f"There is no authentication plugin auth_type={auth_type}. {suggestion}"


def unknown_auth_key(error: Exception, auth_type: str) -> str | None:
    """Return a message about a wrong key in the option ``auth``, or None for other errors."""
    found = _UNKNOWN_ARGUMENT.search(str(error)) if isinstance(error, TypeError) else None
    if found is None:
        return None
    options = sdk.auth_options(auth_type)
    suggestion = did_you_mean(found["name"], options) or f"The accepted keys are: {', '.join(options)}."
    return f"auth has the key {found['name']}, which auth_type={auth_type} does not accept. {suggestion}"


def missing_profile(entry: Mapping[str, Any]) -> str | None:
    """Return an error message if the vendor profile of the cloud does not exist."""
    profile = entry.get("profile") or entry.get("cloud")
    if not isinstance(profile, str) or profile.startswith(("http://", "https://")):
        return None
    if sdk.vendor_profile_exists(profile):
        return None
    return (
        f"The profile {profile} exists neither in clouds-public.yaml nor in the SDK. Correct its name, or write the"
        " settings of the profile into the entry."
    )


def is_configured_by_environment() -> bool:
    """Return whether the OS_* variables contain settings of a cloud."""
    return any(os.environ.get(name) for name in ("OS_CLOUD", "OS_AUTH_URL"))


def _type_of(value: Any) -> str:
    names = {"str": "a text", "int": "a number", "float": "a number", "bool": "a boolean", "NoneType": "nothing"}
    return names.get(type(value).__name__, f"a {type(value).__name__}")
