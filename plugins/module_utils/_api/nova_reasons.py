# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: what Nova says only as text, in API errors, faults of servers and details of events.

Nova returns no code for these reasons: HTTP 403 is a policy or a quota, 409 a lock or any other state. Every decision
that needs one of them goes by this table. A message shows Nova's text itself, whatever was read from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Meaning(Enum):
    """What a text says."""

    # No compute host can take the server
    NO_VALID_HOST = "no valid host"
    # The scheduler found fewer hosts than it looked for
    NOT_ENOUGH_HOSTS = "not enough hosts"
    # The server is locked, and the user is no administrator
    LOCKED = "locked"
    # The project has used what it may
    OVER_QUOTA = "over quota"
    # The user's roles do not suffice; the pattern's group is the policy
    FORBIDDEN = "forbidden"


@dataclass(frozen=True)
class Reason:
    """One text: what it means, and where it comes from."""

    meaning: Meaning
    pattern: re.Pattern[str]
    # The first Nova release that was found to say so; 12 (Liberty) is the oldest one that was read
    since: int
    # The last one; none where master still says so
    until: int | None
    # Module of Nova's source, and class or function
    source: str


def _reason(meaning: Meaning, pattern: str, since: int, until: int | None, source: str) -> Reason:
    return Reason(meaning, re.compile(pattern, re.IGNORECASE), since, until, source)


_NOT_ENOUGH = r"not enough hosts available"
_UNIFIED_LIMIT = r"is over a limit for \["

REASONS = (
    # Also how our own reason reads where Nova tells only administrators
    _reason(Meaning.NO_VALID_HOST, r"no valid host (?:was )?found", 12, None, "nova.exception.NoValidHost"),
    _reason(
        Meaning.NOT_ENOUGH_HOSTS,
        _NOT_ENOUGH,
        12,
        16,
        "nova.scheduler.filter_scheduler.FilterScheduler.select_destinations",
    ),
    _reason(
        Meaning.NOT_ENOUGH_HOSTS,
        _NOT_ENOUGH,
        17,
        23,
        "nova.scheduler.filter_scheduler.FilterScheduler._ensure_sufficient_hosts",
    ),
    _reason(
        Meaning.NOT_ENOUGH_HOSTS,
        _NOT_ENOUGH,
        24,
        None,
        "nova.scheduler.manager.SchedulerManager._ensure_sufficient_hosts",
    ),
    _reason(Meaning.LOCKED, r"instance (?:\S+ )?is locked", 12, None, "nova.exception.InstanceIsLocked"),
    _reason(Meaning.OVER_QUOTA, r"quota exceeded", 12, None, "nova.exception.OverQuota, TooManyInstances and others"),
    _reason(Meaning.OVER_QUOTA, r"maximum number of ports exceeded", 12, None, "nova.exception.PortLimitExceeded"),
    # Unified limits: Nova hands on what oslo.limit says.
    _reason(
        Meaning.OVER_QUOTA,
        _UNIFIED_LIMIT,
        25,
        33,
        "nova.limit.placement.enforce_num_instances_and_flavor, nova.limit.local.enforce_api_limit",
    ),
    _reason(
        Meaning.OVER_QUOTA,
        _UNIFIED_LIMIT,
        34,
        None,
        "nova.limit.placement.enforce_num_instances_and_resources, nova.limit.local.enforce_api_limit",
    ),
    _reason(
        Meaning.FORBIDDEN, r"policy doesn't allow (\S+) to be performed", 12, None, "nova.exception.PolicyNotAuthorized"
    ),
    # Placement was a part of Nova up to 18, and has its own exceptions since it has policies.
    _reason(
        Meaning.FORBIDDEN,
        r"policy does not allow (\S+) to be performed",
        18,
        None,
        "placement.exception.PolicyNotAuthorized",
    ),
)


def means(text: str | None, meaning: Meaning) -> bool:
    """Return whether a text of Nova says that."""
    return _match(text, meaning) is not None


def policy_in(text: str | None) -> str | None:
    """Return the policy that a text of Nova or Placement says to forbid a request."""
    found = _match(text, Meaning.FORBIDDEN)
    return found.group(1) if found else None


def _match(text: str | None, meaning: Meaning) -> re.Match[str] | None:
    found = (reason.pattern.search(text or "") for reason in REASONS if reason.meaning is meaning)
    return next((each for each in found if each), None)
