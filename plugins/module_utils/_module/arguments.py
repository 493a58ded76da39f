# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Argument specs that several modules share, and functions that check the values of options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import PollIntervals

if TYPE_CHECKING:
    from collections.abc import Mapping


def cloud_arguments() -> dict[str, Any]:
    """Return the argument spec of the options in the doc fragment `cloud`."""
    return {
        # The modules of openstack.cloud have the same aliases.
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


def wait_arguments(timeout: int) -> dict[str, Any]:
    """Return the argument spec of the options for polling. ``timeout`` is the default in seconds."""
    return {
        "timeout": {"type": "int", "default": timeout},
        "poll_interval": {"type": "float", "default": 0.25},
        "poll_interval_max": {"type": "float", "default": 0.5},
    }


def monitoring_arguments() -> dict[str, Any]:
    """Return the argument spec of the options for monitoring migrations."""
    return {
        "settle_timeout": {"type": "int", "default": 30},
        "volume_settle_timeout": {"type": "int", "default": 10},
        "port_settle_timeout": {"type": "int", "default": 30},
        "verify": {"type": "bool", "default": True},
        "verify_interval": {"type": "float", "default": 0.0},
        "warn_accepted_after": {"type": "float", "default": 60.0},
        "events": {"type": "str", "choices": ["all", "failed"], "default": "all"},
        "progress_file": {"type": "path"},
    }


def migration_request_arguments() -> dict[str, Any]:
    """Return the argument spec of the doc fragment ``migration_request``."""
    return {
        "servers": {"type": "list", "elements": "str", "required": True},
        "all_projects": {"type": "bool", "default": False},
        "destinations": {"type": "dict", "default": {}},
        "source": {"type": "str"},
        "max_parallel": {"type": "int"},
        "max_parallel_per_host": {"type": "int"},
        "on_failure": {"type": "str", "choices": ["continue", "stop"], "default": "continue"},
        "wait_for_hosts": {"type": "float", "default": 0},
        "own_servers": {"type": "list", "elements": "str", "default": []},
    }


def timeout_action_arguments() -> dict[str, Any]:
    """Return the argument spec of the options that apply after a timeout."""
    return {
        "on_timeout": {"type": "str", "choices": ["fail", "abort", "force_complete"], "default": "fail"},
        "reset_state": {"type": "bool", "default": False},
        "read_progress": {"type": "bool", "default": False},
    }


def probe_arguments() -> dict[str, Any]:
    """Return the argument spec for the options of the doc fragment ``probe``."""
    return {
        "probe": {
            "type": "dict",
            "options": {
                "protocol": {"type": "str", "choices": ["icmp", "tcp"], "required": True},
                "port": {"type": "int", "default": 22},
                "address": {"type": "str"},
                "network": {"type": "str"},
                "netns": {"type": "str"},
                "interval": {"type": "float", "default": 0.02},
                "timeout": {"type": "float", "default": 120},
            },
        },
        "max_downtime": {"type": "float"},
    }


def notification_arguments() -> dict[str, Any]:
    """Return the option of the doc fragment notifications."""
    return {
        "notifications": {
            "type": "dict",
            "options": {
                # With no_log, Ansible does not write the value of url to the system log.
                "url": {"type": "str", "required": True, "no_log": True},
                "exchange": {"type": "str", "default": "nova"},
                "topic": {"type": "str", "default": "versioned_notifications"},
                "interval": {"type": "float", "default": 10},
                "tls": {
                    "type": "dict",
                    "options": {
                        "ca_cert": {"type": "path"},
                        "client_cert": {"type": "path"},
                        "client_key": {"type": "path", "no_log": False},
                    },
                },
            },
        },
    }


def check_api_timeout(params: Mapping[str, Any]) -> None:
    """Raise InputError when api_timeout is not greater than 0."""
    _check_positive(params, "api_timeout")


def _check_positive(params: Mapping[str, Any], *names: str) -> None:
    for name in names:
        value = params.get(name)
        if value is not None and value <= 0:
            problem = f"{name} must be greater than 0, found {value}."
            raise InputError(f"{problem} Set {name} to a number of seconds.")


def poll_intervals_of(params: Mapping[str, Any]) -> PollIntervals:
    """Return the poll intervals from the module options. Raise InputError when an option is not valid."""
    _check_positive(params, "api_timeout", "timeout", "poll_interval", "poll_interval_max")
    _check_positive(params, "settle_timeout", "volume_settle_timeout", "port_settle_timeout")
    for name in ("verify_interval", "warn_accepted_after"):
        if params.get(name, 0) < 0:
            raise InputError(f"{name} must be at least 0, found {params[name]}.")
    first, cap = params["poll_interval"], params["poll_interval_max"]
    if first > cap:
        raise InputError(
            f"poll_interval must be at most poll_interval_max ({cap}), found {first}. Lower poll_interval, or raise"
            " poll_interval_max."
        )
    return PollIntervals(first, cap)
