# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Create the lines of the plan and of the summary that the role host_drain shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.prediction import score, score_text
from ansible_collections.stackproof.migration.plugins.module_utils._drain import move_method
from ansible_collections.stackproof.migration.plugins.module_utils._drain.outcome import (
    allocation_text,
    inventory_of,
    is_undrain,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.run_summary import cloud_text, line, wrapped
from ansible_collections.stackproof.migration.plugins.module_utils._nova.disabled_reason import BY_NOVA

if TYPE_CHECKING:
    from collections.abc import Mapping

Entry = dict[str, Any]

# These values limit the number of host names in the plan of a drain.
_NAMED_HOSTS = 10
_NAMED_DESTINATIONS = 4
_METHODS = {
    move_method.BY_LIVE_MIGRATION: "by live migration",
    move_method.BY_COLD_MIGRATION: "by cold migration",
    move_method.BY_CONFIRMATION: "by confirming a cold migration",
    move_method.NOT_AT_ALL: "cannot be moved",
}


def plan_lines(drain: Mapping[str, Any], *, bring_back: bool = False) -> list[str]:
    """Return the plan of the role host_drain as lines of text."""
    plan = drain.get("plan") or {}
    if not plan.get("service"):
        return []
    lines = [
        line("cloud", cloud_text(drain.get("cloud"), inventory_of(drain).get("cloud"))),
        line("host", f"{drain['host']}: {service_text(plan['service'])}"),
    ]
    body = _undrain_lines(plan, bring_back=bring_back) if is_undrain(drain) else _drain_lines(drain, plan)
    lines += body
    lines += [line("problem", problem["message"]) for problem in plan.get("problems") or []]
    return lines + [line("unknown", text) for text in plan.get("unknown") or []]


def _drain_lines(drain: Mapping[str, Any], plan: Mapping[str, Any]) -> list[str]:
    lines = [line("target", f"{drain['target']} (host_drain_target)")] if drain.get("target") else []
    lines.append(line("targets", ", ".join(plan["targets"]) or "none"))
    unusable = plan["unusable"]
    lines += [line("", f"not {host['name']}: {host['obstacle']}") for host in unusable[:_NAMED_HOSTS]]
    if len(unusable) > _NAMED_HOSTS:
        lines.append(line("", f"not {len(unusable) - _NAMED_HOSTS} more"))
    counts = "".join(f", {number} {_METHODS[method]}" for method, number in plan["move_methods"].items())
    lines.append(line("servers", f"{len(plan['servers'])}{counts}"))
    shown = [
        one for one in plan["servers"] if drain.get("check_mode") or one["obstacle"] or one["destination_obstacle"]
    ]
    lines += [_server_line(server) for server in shown]
    servers = {server["id"] for server in plan["servers"]}
    others = [one for one in plan.get("consumers") or [] if one["server_id"] not in servers]
    return lines + [line("allocation", allocation_text(one)) for one in others]


def _undrain_lines(plan: Mapping[str, Any], *, bring_back: bool) -> list[str]:
    if bring_back:
        return [
            line("moved", f"{len(plan['moved'])} since {plan['since']}"),
            *(_server_line(server, f", on {server['host'] or 'no host'}") for server in plan["moved"]),
        ]
    if not plan.get("since"):
        return []
    options = f"-e host_drain_bring_back=true -e host_drain_since={plan['since']}"
    return [line("moved", f"Servers stay on their new hosts. To bring them back: {options}")]


def _server_line(server: Mapping[str, Any], place: str = "") -> str:
    name = server["name"] or "server"
    unknown = "".join(f"; unknown: {text}" for text in server["unknown"])
    return line(server["move_method"], f"{name} ({server['id']}){place}: {_prospect(server)}{unknown}")


def _prospect(server: Mapping[str, Any]) -> str:
    """Return a text that names the possible destinations of the server, or the reason why there are none."""
    if server["obstacle"]:
        return str(server["obstacle"])
    if server["destination_obstacle"]:
        return f"NO destination: {server['destination_obstacle']}"
    if server["destinations"] is None:
        if server["move_method"] == move_method.BY_CONFIRMATION:
            return "the drain confirms its earlier cold migration"
        return "the drain waits for its open migration"
    hosts = list(server["destinations"])
    more = f" and {len(hosts) - _NAMED_DESTINATIONS} more" if len(hosts) > _NAMED_DESTINATIONS else ""
    names = ", ".join(hosts[:_NAMED_DESTINATIONS]) + more
    return f"has room on {names}" if server["room"] else f"may go to {names}, but the free room is unknown"


def service_text(service: Mapping[str, Any]) -> str:
    """Return the status, the state and the disabled reason of a compute service as text."""
    forced = ", forced down" if service.get("forced_down") else ""
    if service.get("status") != "disabled":
        return f"{service.get('status')}, {service.get('state') or 'state unknown'}{forced}"
    reason = service.get("disabled_reason")
    why = f" ({reason})" if reason else " (no reason given)"
    return f"disabled{why} {_disabled_by(service)}, {service.get('state') or 'state unknown'}{forced}"


def _disabled_by(service: Mapping[str, Any]) -> str:
    if str(service.get("disabled_reason") or "").startswith(BY_NOVA):
        return "by nova-compute itself"
    if service.get("disabled_since") and not service.get("disabled_before"):
        return "by a drain"
    return "by an unknown user or program"


def summary_lines(result: Mapping[str, Any], *, state: str) -> list[str]:
    """Return the summary of a drain as lines of text.

    ``state`` is the requested state of the compute host.
    """
    check_mode, change = bool(result["check_mode"]), result["service_change"]
    lines = [line("outcome", result["outcome"])]
    lines += wrapped("reason", result["reason"])
    lines.append(line("cloud", result["cloud"]))
    status = (result["service"] or {}).get("status")
    if status:
        fate = f"would be {change}" if check_mode and change else f"stays {status}" if check_mode else status
        lines.append(line("host", f"{result['host']}, {fate}"))
    else:
        lines.append(line("host", str(result["host"])))
    if check_mode:
        left = {one["server_id"] for one in result["left"]}
        number = len([one for one in result["plan"] if one["id"] not in left])
        verb = "would come back" if state == "undrained" else "would be moved"
        lines += [line("servers", f"{number} {verb}")] if result["outcome"] == "planned" else []
    else:
        lines.append(line("moved", str(len(result["moved"]))))
    for one in result["gone"]:
        lines += wrapped("gone", f"{one['server_name'] or one['server_id']}: {one['reason']}")
    for one in result["left"]:
        label = "would stay" if check_mode else "left"
        lines += wrapped(label, f"{one['server_name'] or one['server_id'] or 'allocation'}: {one['reason']}")
    predicted = score_text(result.get("prediction") or score([], moved=(), failed=()))
    lines += [line("prediction", predicted)] if predicted else []
    lines.append(line("took", f"{result['seconds']:.1f} s"))
    return lines + ([line("report", result["report"])] if result["report"] else [])
