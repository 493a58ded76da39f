# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Mask the secrets of the options cloud, auth and notifications.

Ansible masks a secret wherever it occurs. For example, with the password "compute", Ansible would change the host name
compute1 to ********1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.stackproof.migration.plugins.module_utils._notifications.settings import secrets_in_url

# Ansible shows one of these texts in place of a secret.
HIDDEN_OPTION = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
HIDDEN_TEXT = "********"
# The values of these keys in the option `auth` are not secret. All other values in `auth` are secret.
_OPEN_KEYS = frozenset(
    {
        "access_token_endpoint",
        "access_token_type",
        "application_credential_id",
        "application_credential_name",
        "auth_methods",
        "auth_url",
        "client_id",
        "code_challenge_method",
        "default_domain_id",
        "default_domain_name",
        "device_authorization_endpoint",
        "discovery_endpoint",
        "domain_id",
        "domain_name",
        "endpoint",
        "identity_provider",
        "idp_otp_key",
        "login_timeout",
        "oauth2_client_id",
        "oauth2_endpoint",
        "project_domain_id",
        "project_domain_name",
        "project_id",
        "project_name",
        "protocol",
        "redirect_host",
        "redirect_port",
        "redirect_uri",
        "scope",
        "system_scope",
        "tenant_id",
        "tenant_name",
        "trust_id",
        "url",
        "user_domain_id",
        "user_domain_name",
        "user_id",
        "user_name",
        "username",
    }
)
# A key that matches this pattern has a secret value. The option ``auth`` has other rules.
_SECRET_KEY = re.compile(r"pass|secret|token|private|credential|otp|code$|api_?key", re.IGNORECASE)
# In a module result, the values of these keys are messages and other texts.
_TEXT_KEYS = frozenset(
    {"details", "disabled_reason", "exception", "fault", "message", "metadata", "msg", "output", "reason", "warnings"}
)
# A secret with fewer characters is masked only as a whole word.
_LONG_SECRET = 8


def secrets_in(params: Mapping[str, Any]) -> set[str]:
    """Return all secret values in the module options ``cloud``, ``auth`` and ``notifications``."""
    return {str(value) for value in _secret_values(params)}


def mask_options(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a module with masked secrets."""
    others = {key: value for key, value in params.items() if key not in ("cloud", "auth")}
    masked = {**params, **mask_result(others, secrets_in(params))}
    if _is_inline_settings(masked.get("cloud")):
        masked["cloud"] = HIDDEN_OPTION
    elif "cloud" in masked:
        masked["cloud"] = _masked_settings(masked["cloud"])
    if "auth" in masked:
        masked["auth"] = _masked_auth(masked["auth"])
    if masked.get("notifications") is not None:
        masked["notifications"] = _masked_notifications(masked["notifications"])
    return masked


def mask_result(values: Any, secrets: Iterable[str]) -> Any:
    """Return a module result in which secrets are masked.

    A single word can be a name, so it is masked only under keys such as message or reason.
    """
    patterns = [_pattern_of(secret) for secret in sorted(secrets, key=len, reverse=True) if secret.strip()]
    return _mask(values, re.compile("|".join(patterns)), is_text=False) if patterns else values


def mask_text(text: str, secrets: Iterable[str]) -> str:
    """Return the text with masked secrets."""
    masked: str = mask_result({"msg": text}, secrets)["msg"]
    return masked


def _pattern_of(secret: str) -> str:
    escaped = re.escape(secret)
    return escaped if len(secret) >= _LONG_SECRET else rf"(?<![0-9A-Za-z]){escaped}(?![0-9A-Za-z])"


def _mask(value: Any, secrets: re.Pattern[str], *, is_text: bool) -> Any:
    if isinstance(value, str):
        return secrets.sub(HIDDEN_TEXT, value) if is_text or len(value.split()) > 1 else value
    if isinstance(value, Mapping):
        return {key: _mask(each, secrets, is_text=is_text or key in _TEXT_KEYS) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mask(each, secrets, is_text=is_text) for each in value]
    return value


def _is_inline_settings(cloud: Any) -> bool:
    """Return whether the option `cloud` contains settings instead of the name of a cloud."""
    return isinstance(cloud, str) and bool(re.search(r"[{}\n]", cloud))


def _secret_values(params: Mapping[str, Any]) -> Iterator[Any]:
    cloud = params.get("cloud")
    if _is_inline_settings(cloud):
        yield cloud
    yield from _in_settings(cloud)
    yield from _in_auth(params.get("auth"))
    yield from _in_notifications(params.get("notifications"))


def _in_settings(value: Any, key: str = "") -> Iterator[Any]:
    if key == "auth":
        yield from _in_auth(value)
    elif _is_secret_key(key):
        yield from _leaves(value)
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _in_settings(each, str(name))
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _in_settings(each)


def _in_auth(value: Any, key: str = "") -> Iterator[Any]:
    if key in _OPEN_KEYS:
        return
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _in_auth(each, str(name))
    else:
        yield from _leaves(value)


def _in_notifications(value: Any) -> Iterator[str]:
    """Return the secrets in the option ``notifications``, such as passwords of RabbitMQ.

    If the option is not a dictionary, its texts are searched for URLs.
    """
    if isinstance(value, Mapping):
        yield from secrets_in_url(value.get("url"))
    else:
        for one in _leaves(value):
            yield from secrets_in_url(str(one))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _leaves(each)
    elif isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value):
        yield value


def _is_secret_key(key: str) -> bool:
    return key not in _OPEN_KEYS and _SECRET_KEY.search(key) is not None


def _masked_settings(value: Any, key: str = "") -> Any:
    if key == "auth":
        return _masked_auth(value)
    if _is_secret_key(key):
        return _hidden(value)
    if isinstance(value, Mapping):
        return {name: _masked_settings(each, str(name)) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked_settings(each) for each in value]
    return value


def _masked_auth(value: Any, key: str = "") -> Any:
    if key in _OPEN_KEYS:
        return value
    if isinstance(value, Mapping):
        return {name: _masked_auth(each, str(name)) for name, each in value.items()}
    return _hidden(value)


def _masked_notifications(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return _hidden(value)
    return {key: _hidden(each) if key == "url" else each for key, each in value.items()}


def _hidden(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _hidden(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_hidden(each) for each in value]
    return value if value is None or isinstance(value, bool) or value == "" else HIDDEN_OPTION
