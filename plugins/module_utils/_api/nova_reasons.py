# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that recognize the reason for a failure in a message of Nova.

Nova reports many reasons only as text. For example, HTTP 403 can mean a policy or a quota. Error messages always show
the original text of Nova.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Meaning(Enum):
    """The meaning of a text."""

    # No compute host can take the server.
    NO_VALID_HOST = "no valid host"
    # A late check found that the migration would break the rule of a server group.
    GROUP_POLICY = "group policy"
    # The scheduler found too few hosts for the number of requested servers.
    NOT_ENOUGH_HOSTS = "not enough hosts"
    # Nova refuses the request, because the server is locked and the user is not an administrator.
    LOCKED = "locked"
    # The quota of the project is exhausted.
    OVER_QUOTA = "over quota"
    # A policy allows flavors without a root disk only for servers with a boot volume.
    ZERO_DISK = "zero disk"
    # Two services of Nova have different releases, and do not understand each other's messages.
    RPC_VERSION = "RPC version"
    # A service of Nova is older than the other services allow.
    OLD_SERVICE = "old service"
    # The hypervisor of the destination is older than the hypervisor of the source.
    OLD_HYPERVISOR = "old hypervisor"
    # A service of Nova did not answer a message in time.
    RPC_TIMEOUT = "RPC timeout"
    # A policy forbids the request. The error message contains the name of the policy.
    FORBIDDEN = "forbidden"


@dataclass(frozen=True)
class Reason:
    """A text pattern for a reason that Nova returns, with its meaning and its place in Nova's source code."""

    meaning: Meaning
    pattern: re.Pattern[str]
    # The first Nova release that contains the text. 12 (Liberty) also stands for older releases.
    since: int
    # The last Nova release that contains the text. None means that Nova's newest code contains the text.
    until: int | None
    # The place of this text in the source code of Nova.
    source: str


def _reason(meaning: Meaning, pattern: str, since: int, until: int | None, source: str) -> Reason:
    return Reason(meaning, re.compile(pattern, re.IGNORECASE), since, until, source)


_NOT_ENOUGH = r"not enough hosts available"
_UNIFIED_LIMIT = r"is over a limit for \["

REASONS = (
    # This pattern must also match the message that instance_actions.py writes.
    _reason(Meaning.NO_VALID_HOST, r"no valid host (?:was )?found", 12, None, "nova.exception.NoValidHost"),
    _reason(
        Meaning.GROUP_POLICY,
        r"instance group policy was violated",
        28,
        None,
        "nova.exception.GroupAffinityViolation",
    ),
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
    # Nova shows this text of oslo.limit when unified limits are enabled.
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
        Meaning.ZERO_DISK,
        r"only volume-backed servers are allowed for flavors with zero disk",
        18,
        None,
        "nova.exception.BootFromVolumeRequiredForZeroDiskFlavor",
    ),
    # The texts of oslo.messaging have not changed since it is a library of its own, which Nova 12 uses.
    _reason(
        Meaning.RPC_VERSION,
        r"requested message version, \S+ is incompatible",
        12,
        None,
        "oslo_messaging.rpc.client.RPCVersionCapError",
    ),
    _reason(
        Meaning.RPC_VERSION,
        r"endpoint does not support rpc (?:version|method)",
        12,
        None,
        "oslo_messaging.rpc.dispatcher.UnsupportedVersion, NoSuchMethod",
    ),
    _reason(Meaning.OLD_SERVICE, r"older \(v\d+\) than the minimum", 13, None, "nova.exception.ServiceTooOld"),
    _reason(
        Meaning.OLD_SERVICE,
        r"does not support computes older than",
        23,
        None,
        "nova.exception.TooOldComputeService",
    ),
    _reason(
        Meaning.OLD_HYPERVISOR,
        r"requires a newer hypervisor version",
        12,
        None,
        "nova.exception.DestinationHypervisorTooOld",
    ),
    _reason(
        Meaning.RPC_TIMEOUT,
        r"timeout while checking if we can live migrate",
        12,
        None,
        "nova.conductor.tasks.live_migrate.LiveMigrationTask._call_livem_checks_on_host",
    ),
    # Nova shows only the name of the class if it cannot read the text of an exception.
    _reason(
        Meaning.RPC_TIMEOUT,
        r"timed out waiting for a reply|\bMessagingTimeout\b",
        12,
        None,
        "oslo_messaging.exceptions.MessagingTimeout",
    ),
    _reason(
        Meaning.FORBIDDEN, r"policy doesn't allow (\S+) to be performed", 12, None, "nova.exception.PolicyNotAuthorized"
    ),
    # Before Nova 18 (Rocky), Placement was a part of Nova.
    _reason(
        Meaning.FORBIDDEN,
        r"policy does not allow (\S+) to be performed",
        18,
        None,
        "placement.exception.PolicyNotAuthorized",
    ),
)


def means(text: str | None, meaning: Meaning) -> bool:
    return _match(text, meaning) is not None


def policy_in(text: str | None) -> str | None:
    """Return the policy name in an error message, such as ``os_compute_api:os-services:list``."""
    found = _match(text, Meaning.FORBIDDEN)
    return found.group(1) if found else None


def _match(text: str | None, meaning: Meaning) -> re.Match[str] | None:
    found = (reason.pattern.search(text or "") for reason in REASONS if reason.meaning is meaning)
    return next((each for each in found if each), None)
