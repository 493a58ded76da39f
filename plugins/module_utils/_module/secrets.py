# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Which values of a module's options are secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule


# Parts of auth that name rather than prove. Whatever else is in auth stays hidden.
_OPEN_AUTH_KEYS = frozenset(
    {
        "application_credential_id",
        "application_credential_name",
        "auth_url",
        "default_domain_id",
        "default_domain_name",
        "domain_id",
        "domain_name",
        "project_domain_id",
        "project_domain_name",
        "project_id",
        "project_name",
        "system_scope",
        "tenant_id",
        "tenant_name",
        "trust_id",
        "user_domain_id",
        "user_domain_name",
        "user_id",
        "username",
    }
)
_SECRET_WORDS = ("password", "secret", "token", "passcode", "private")


def _open_values(params: Mapping[str, Any]) -> set[str]:
    cloud = params.get("cloud")
    if isinstance(cloud, str):
        return {cloud}
    settings = dict(cloud) if isinstance(cloud, Mapping) else {}
    auth = params.get("auth") or settings.pop("auth", None) or {}
    values = {str(value) for key, value in auth.items() if key in _OPEN_AUTH_KEYS}
    values |= {
        str(value)
        for key, value in settings.items()
        if isinstance(value, (str, int, float)) and not any(word in key for word in _SECRET_WORDS)
    }
    return values


def secrets_in(params: Mapping[str, Any]) -> set[str]:
    """The values of cloud and auth that prove who we are."""
    cloud = params.get("cloud")
    auth = dict(params.get("auth") or {})
    if isinstance(cloud, Mapping):
        auth.update(cloud.get("auth") or {})
    return {str(value) for key, value in auth.items() if key not in _OPEN_AUTH_KEYS and value}


def forget_open_values(module: AnsibleModule) -> None:
    """Hide secrets only: a user called admin must not blank the word admin in every result."""
    module.no_log_values -= _open_values(module.params) - secrets_in(module.params)
