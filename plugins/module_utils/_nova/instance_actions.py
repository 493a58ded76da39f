# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read instance actions and their events from Nova. Each request has its own instance action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import ACTIONS
from ansible_collections.stackproof.migration.plugins.module_utils._nova.timestamps import read_time
from ansible_collections.stackproof.migration.plugins.module_utils._nova.truncation import mark_truncated

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

_DETAILS_HIDDEN = "Only administrators can read the details."


def event_view(event: Mapping[str, Any]) -> dict[str, Any]:
    """Convert an event of an instance action to the form that the modules return."""
    start, finish = read_time(event.get("start_time")), read_time(event.get("finish_time"))
    return {
        "event": event.get("event"),
        "start": event.get("start_time"),
        "finish": event.get("finish_time"),
        "seconds": (finish - start).total_seconds() if start and finish else None,
        "result": event.get("result"),
        "host": event.get("host"),
        "details": event.get("details"),
    }


def in_order(events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Sort events by their start time. Nova returns the newest event first."""
    return sorted((event_view(event) for event in events), key=lambda event: str(event["start"]))


def reason_in(events: Collection[Mapping[str, Any]]) -> str | None:
    """Return the error of a failed request, or None if no event failed.

    Prefer an error of a compute host to an error of nova-conductor, and an earlier error to a later error.
    """
    errors = sorted(
        (event for event in events if event["result"] == "Error"),
        key=lambda event: (str(event["event"]).startswith("conductor"), str(event["finish"])),
    )
    details = [mark_truncated(str(event["details"])) for event in errors if event["details"]]
    if details:
        return details[0]
    if errors and not any(str(event["event"]).startswith("compute_") for event in events):
        problem = f"{errors[0]['event']} ended with Error before a request reached a compute host."
        # A pattern in nova_reasons.py must match this message.
        return f"{problem} In most cases, no valid host was found. {_DETAILS_HIDDEN}"
    if errors:
        where = f" on {errors[0]['host']}" if errors[0]["host"] else ""
        return f"{errors[0]['event']} ended with Error{where}. {_DETAILS_HIDDEN}"
    return None


def read_events(cloud: Cloud, server_id: str, request_id: str) -> list[dict[str, Any]]:
    """Return the events of the instance action with this request id. Return an empty list if Nova returns no events."""
    if not cloud.microversions.offers(ACTIONS):
        return []
    body = cloud.find(
        f"/servers/{server_id}/os-instance-actions/{request_id}",
        f"Reading the instance action {request_id} of server {server_id}",
        need=ACTIONS,
    )
    return [] if body is None else in_order(body.object("instanceAction").get("events") or [])


def list_actions(cloud: Cloud, server_id: str) -> list[dict[str, Any]]:
    if not cloud.microversions.offers(ACTIONS):
        return []
    body = cloud.find(
        f"/servers/{server_id}/os-instance-actions", f"Listing the actions of server {server_id}", need=ACTIONS
    )
    return [] if body is None else list(body.get("instanceActions") or [])


def action_of(actions: Iterable[Mapping[str, Any]], kind: str, created: str | None) -> str | None:
    """Return the id of the request that created a migration record.

    This is the last request before ``created``, the creation time of the record.
    """
    moment = read_time(created)
    started = [
        (start, str(action["request_id"]))
        for action in actions
        if action.get("action") == kind
        and (start := read_time(action.get("start_time"))) is not None
        # The clocks of two compute hosts may differ by one second.
        and (moment is None or (start - moment).total_seconds() <= 1)
    ]
    return max(started, default=(None, None))[1]
