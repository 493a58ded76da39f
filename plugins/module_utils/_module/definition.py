# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""What all modules share: options, secrets, and how a run becomes a result."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError, Failure, InputError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock, Pace, Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable

# What main() says when the SDK is not there; None when it is.
SDK_MISSING: str | None = (
    None
    if find_spec("openstack")
    else f"{missing_required_lib('openstacksdk')}"
    f" To install it there: {sys.executable} -m pip install 'openstacksdk>=4.5'."
    " Where the Python that runs Ansible has it, set ansible_python_interpreter to {{ ansible_playbook_python }}."
)

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


def cloud_arguments() -> dict[str, Any]:
    """How to reach the cloud; documented in doc_fragments/cloud.py."""
    return {
        # Aliases as in openstack.cloud, but for verify, which means another thing for a migration.
        # no_log keeps auth out of the system log; forget_open_values narrows what results hide.
        "cloud": {"type": "raw", "no_log": True},
        "auth": {"type": "dict", "no_log": True},
        "auth_type": {"type": "str"},
        "region_name": {"type": "str"},
        "validate_certs": {"type": "bool"},
        "ca_cert": {"type": "path", "aliases": ["cacert"]},
        "client_cert": {"type": "path", "aliases": ["cert"]},
        "client_key": {"type": "path", "no_log": False, "aliases": ["key"]},
        "interface": {
            "type": "str",
            "choices": ["admin", "internal", "public"],
            "aliases": ["endpoint_type"],
        },
        "api_timeout": {"type": "int", "default": 60},
    }


def waiting_arguments(timeout: int) -> dict[str, Any]:
    """How long and how often to look; documented in doc_fragments/waiting.py."""
    return {
        "timeout": {"type": "int", "default": timeout},
        "poll_interval": {"type": "float", "default": 0.25},
        "poll_interval_max": {"type": "float", "default": 0.5},
    }


def following_arguments() -> dict[str, Any]:
    """How a migration is seen to its end; documented in doc_fragments/following.py."""
    return {
        "settle_timeout": {"type": "int", "default": 30},
        "verify": {"type": "bool", "default": True},
        "events": {"type": "str", "choices": ["all", "failed"], "default": "all"},
        "progress_file": {"type": "path"},
    }


def moving_arguments() -> dict[str, Any]:
    """Which servers to move, and how many at once; documented in doc_fragments/moving.py."""
    return {
        "servers": {"type": "list", "elements": "str", "required": True},
        "all_projects": {"type": "bool", "default": False},
        "source": {"type": "str"},
        "max_parallel": {"type": "int"},
        "max_parallel_per_host": {"type": "int"},
        "on_failure": {"type": "str", "choices": ["continue", "stop"], "default": "continue"},
        "wait_for_hosts": {"type": "float", "default": 0},
        "own_servers": {"type": "list", "elements": "str", "default": []},
    }


def stepping_in_arguments() -> dict[str, Any]:
    """What to do with a live migration that takes too long; documented in doc_fragments/stepping_in.py."""
    return {
        "on_timeout": {"type": "str", "choices": ["fail", "abort", "force_complete"], "default": "fail"},
        "reset_state": {"type": "bool", "default": False},
        "read_progress": {"type": "bool", "default": False},
    }


def probing_arguments() -> dict[str, Any]:
    """How servers are asked on the network meanwhile; documented in doc_fragments/probing.py."""
    return {
        "probe": {
            "type": "dict",
            "options": {
                "protocol": {"type": "str", "choices": ["icmp", "tcp"], "required": True},
                "port": {"type": "int", "default": 22},
                "address": {"type": "str"},
                "network": {"type": "str"},
                "interval": {"type": "float", "default": 0.02},
                "timeout": {"type": "float", "default": 120},
            },
        },
        "max_pause": {"type": "float"},
    }


def check_api_timeout(params: Mapping[str, Any]) -> None:
    _check_positive(params, "api_timeout")


def _check_positive(params: Mapping[str, Any], *names: str) -> None:
    for name in names:
        value = params.get(name)
        if value is not None and value <= 0:
            raise InputError(f"{name} must be greater than 0, found {value}.")


def pace_of(params: Mapping[str, Any]) -> Pace:
    """The validated polling options."""
    _check_positive(params, "api_timeout", "timeout", "poll_interval", "poll_interval_max", "settle_timeout")
    first, cap = params["poll_interval"], params["poll_interval_max"]
    if first > cap:
        raise InputError(f"poll_interval ({first}) must not be greater than poll_interval_max ({cap}).")
    return Pace(first, cap)


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


@dataclass
class Report:
    """How a run ended: what exit_json or fail_json gets."""

    values: dict[str, Any] = field(default_factory=dict)
    failed: bool = False
    warnings: list[str] = field(default_factory=list)

    @staticmethod
    def failure(failure: Failure, values: Mapping[str, Any]) -> Report:
        return Report({**values, "msg": failure.message, "failure": failure.as_result()}, failed=True)


@dataclass(frozen=True)
class Definition:
    """A module: its options beside those that all share, its work, and what it returns when it did not come to that.

    The work is run by Ansible's module process, or where that is the same thing by Ansible itself; see ModuleAction.
    """

    arguments: Mapping[str, Any]
    work: Callable[..., Report]
    empty: Mapping[str, Any]
    # More that is checked about the options, as AnsibleModule takes it
    checks: Mapping[str, Any] = field(default_factory=dict)

    @property
    def argument_spec(self) -> dict[str, Any]:
        return {**cloud_arguments(), **self.arguments}

    def run(self, params: Mapping[str, Any], clock: Clock, *, check_mode: bool) -> Report:
        """One run. An error on the way returns the same keys as success."""
        if SDK_MISSING:
            return Report({"msg": SDK_MISSING}, failed=True)
        watch = Stopwatch(clock)
        try:
            report = self.work(params, clock, check_mode=check_mode)
        except CloudError as error:
            report = Report.failure(error.failure, {"changed": False, **self.empty})
        report.values["seconds"] = watch.seconds
        return report

    def main(self, clock: Clock) -> None:
        """Parse, run, exit."""
        module = AnsibleModule(argument_spec=self.argument_spec, supports_check_mode=True, **self.checks)
        forget_open_values(module)
        report = self.run(module.params, clock, check_mode=module.check_mode)
        for warning in report.warnings:
            module.warn(warning)
        # Nothing that was imported needs to be taken apart again: that would take a tenth of a second.
        gc.freeze()
        if report.failed:
            module.fail_json(**report.values)
        module.exit_json(**report.values)
