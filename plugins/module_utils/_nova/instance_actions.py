# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Instance actions: Nova's own account of a request, its phases and its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import ACTIONS
from ansible_collections.stackproof.migration.plugins.module_utils._nova.timestamps import read_time

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud


def event_view(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as our modules return it."""
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
    """Events by their start; Nova lists the newest first."""
    return sorted((event_view(event) for event in events), key=lambda event: str(event["start"]))


def reason_in(events: Collection[Mapping[str, Any]]) -> str | None:
    """Why it failed. All events are scanned: the one that speaks for the whole may say Success.

    Of several errors the innermost is the cause. That is a compute host's rather than the conductor's, which only says
    that no host is left; among those it is the one that finished first. Nova's times are whole seconds, often equal.
    """
    errors = sorted(
        (event for event in events if event["result"] == "Error"),
        key=lambda event: (str(event["event"]).startswith("conductor"), str(event["finish"])),
    )
    told = [str(event["details"]) for event in errors if event["details"]]
    if told:
        return told[0]
    if errors and not any(str(event["event"]).startswith("compute_") for event in events):
        return (
            f"{errors[0]['event']} ended with Error before any compute host was asked, which is how it looks when no"
            " valid host was found; the details are for administrators."
        )
    if errors:
        where = f" on {errors[0]['host']}" if errors[0]["host"] else ""
        return f"{errors[0]['event']} ended with Error{where}; the details are for administrators."
    return None


def read_events(cloud: Cloud, server_id: str, request_id: str) -> list[dict[str, Any]]:
    """The events of one request; none when the cloud is too old or does not tell this user."""
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
    """The request id of the migration whose record was created then: the last one started before."""
    moment = read_time(created)
    started = [
        (start, str(action["request_id"]))
        for action in actions
        if action.get("action") == kind
        and (start := read_time(action.get("start_time"))) is not None
        # Both times are written by different hosts.
        and (moment is None or (start - moment).total_seconds() <= 1)
    ]
    return max(started, default=(None, None))[1]
