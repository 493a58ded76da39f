# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions for tests of many hosts with several kinds of servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.applicability import network_names
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.definition import parse_profile
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import (
    ERROR,
    INCONCLUSIVE,
    NOT_APPLICABLE,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.verdict import run_outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_devices import VolumeRequest


def servers_of_profile(profile: Mapping[str, Any], offer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the networks and the devices of the servers of a profile, in the form of the module server_batch.

    ``offer`` is the result of the module migration_scenarios in check mode.
    """
    parsed = parse_profile(profile)
    nothing = {"networks": "none", "devices": {}}
    scenarios = offer.get("scenarios") or []
    if not scenarios:
        return {"outcome": ERROR, "reason": str(offer.get("msg") or "The cloud gave no answer."), **nothing}
    if scenarios[0]["outcome"] == NOT_APPLICABLE:
        return {"outcome": NOT_APPLICABLE, "reason": str(scenarios[0]["reason"]), **nothing}
    devices = parsed.devices
    if devices.ports:
        reason = "A test of many hosts boots servers on named hosts, and then the ports can only have a network."
        return {"outcome": NOT_APPLICABLE, "reason": reason, **nothing}
    found = {
        "boot_volume": None if devices.boot_volume is None else _volume(devices.boot_volume),
        "volumes": [_volume(volume) for volume in devices.volumes],
        "config_drive": devices.config_drive,
        "server_group_policy": devices.server_group_policy,
        "metadata": dict(parsed.metadata),
    }
    return {
        "outcome": "",
        "reason": "",
        "networks": network_names(parsed, offer.get("networks") or []) or "none",
        "devices": {name: value for name, value in found.items() if value not in (None, [], {})},
    }


def _volume(volume: VolumeRequest) -> dict[str, Any]:
    values = {"size": volume.size, "type": volume.type, "delete_on_termination": volume.delete_on_termination}
    return {name: value for name, value in values.items() if value is not None}


def outcome_of_profiles(profiles: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the outcome of a test of many hosts with several profiles, and its reason."""
    outcome = run_outcome([str(one["outcome"]) for one in profiles])
    named = [one for one in profiles if one["outcome"] == outcome] or profiles
    if outcome == INCONCLUSIVE and not any(one["outcome"] == outcome for one in profiles):
        return {"outcome": outcome, "reason": _reasons("No profile is applicable.", profiles)}
    return {"outcome": outcome, "reason": "" if outcome == "passed" else _reasons("", named)}


def _reasons(start: str, profiles: Sequence[Mapping[str, Any]]) -> str:
    return " ".join([*([start] if start else []), *(f"{one['profile']}: {one['reason']}" for one in profiles)])
