# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts of errors. The source code of Nova contains these texts in the named releases."""

from __future__ import annotations

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.error_mapping import from_answer
from ansible_collections.stackproof.migration.plugins.module_utils._api.nova_reasons import (
    REASONS,
    Meaning,
    Reason,
    means,
    policy_in,
)

NEWEST = 34

NO_HOST = "No valid host was found. There are not enough hosts available."
LOCKED = "Instance 00000001-0000-4000-8000-000000000000 is locked"
OVER_QUOTA = "Quota exceeded for cores: Requested 2, but already used 20 of 20 cores"
PORTS = "Maximum number of ports exceeded"
UNIFIED = (
    "Project 0f1c2d3e4b5a69788796a5b4c3d2e1f0 is over a limit for"
    " [Resource servers is over limit of 10 due to current usage 10 and delta 1]"
)
ZERO_DISK = "Only volume-backed servers are allowed for flavors with zero disk. "
POLICY = "Policy doesn't allow os_compute_api:os-migrate-server:migrate_live:host to be performed."
PLACEMENT_POLICY = (
    "Access was denied to this resource. Policy does not allow placement:allocations:list to be performed."
)

# By text: its meaning, and the releases whose source code contains the text
TEXTS = [
    (NO_HOST, {Meaning.NO_VALID_HOST, Meaning.NOT_ENOUGH_HOSTS}, range(12, NEWEST + 1)),
    ("No valid host was found. ", {Meaning.NO_VALID_HOST}, range(12, NEWEST + 1)),
    (
        "No valid host was found. No valid host found for cold migrate",
        {Meaning.NO_VALID_HOST},
        range(12, NEWEST + 1),
    ),
    (
        "No valid host was found. Unable to move instance 00000001-0000-4000-8000-000000000000 to host compute9.",
        {Meaning.NO_VALID_HOST},
        range(17, NEWEST + 1),
    ),
    ("Anti-affinity instance group policy was violated", {Meaning.GROUP_POLICY}, range(28, NEWEST + 1)),
    (LOCKED, {Meaning.LOCKED}, range(12, NEWEST + 1)),
    (OVER_QUOTA, {Meaning.OVER_QUOTA}, range(12, NEWEST + 1)),
    ("Quota exceeded, too many servers in group", {Meaning.OVER_QUOTA}, range(25, NEWEST + 1)),
    (PORTS, {Meaning.OVER_QUOTA}, range(12, NEWEST + 1)),
    (UNIFIED, {Meaning.OVER_QUOTA}, range(25, NEWEST + 1)),
    (ZERO_DISK, {Meaning.ZERO_DISK}, range(18, NEWEST + 1)),
    (POLICY, {Meaning.FORBIDDEN}, range(12, NEWEST + 1)),
    (PLACEMENT_POLICY, {Meaning.FORBIDDEN}, range(18, NEWEST + 1)),
    (
        (
            "Requested message version, 6.5 is incompatible.  It needs to be equal in major version and less than or"
            " equal in minor version as the specified version cap 6.4."
        ),
        {Meaning.RPC_VERSION},
        range(12, NEWEST + 1),
    ),
    (
        "Endpoint does not support RPC version 6.5. Attempted method: live_migration",
        {Meaning.RPC_VERSION},
        range(12, NEWEST + 1),
    ),
    (
        "This service is older (v72) than the minimum (v74) version of the rest of the deployment. Unable to continue.",
        {Meaning.OLD_SERVICE},
        range(13, NEWEST + 1),
    ),
    (
        (
            "Current Nova version does not support computes older than Epoxy but the minimum compute service level in"
            " your system is 66 and the oldest supported service level is 68."
        ),
        {Meaning.OLD_SERVICE},
        range(23, NEWEST + 1),
    ),
    (
        "The instance requires a newer hypervisor version than has been provided.",
        {Meaning.OLD_HYPERVISOR},
        range(12, NEWEST + 1),
    ),
    (
        "Migration pre-check error: Timeout while checking if we can live migrate to host: compute2",
        {Meaning.RPC_TIMEOUT},
        range(12, NEWEST + 1),
    ),
    (
        "Timed out waiting for a reply to message ID 0f1c2d3e4b5a69788796a5b4c3d2e1f0",
        {Meaning.RPC_TIMEOUT},
        range(12, NEWEST + 1),
    ),
    ("MessagingTimeout", {Meaning.RPC_TIMEOUT}, range(12, NEWEST + 1)),
    # texts without a meaning
    ("Policy doesn't allow os_compute_api:os-quota-sets:show to be performed.", {Meaning.FORBIDDEN}, range(12, 35)),
    ("Cannot 'os-migrateLive' instance 1 while it is in vm_state stopped", set(), range(12, NEWEST + 1)),
    ("Migration pre-check error: CPU doesn't have compatibility.", set(), range(12, NEWEST + 1)),
    ("Unacceptable CPU info: CPU doesn't have compatibility.", set(), range(12, NEWEST + 1)),
]


@pytest.mark.parametrize(("text", "meanings", "releases"), TEXTS, ids=[text[:40] for text, *_rest in TEXTS])
def test_meaning_of_each_text(text: str, meanings: set[Meaning], releases: range) -> None:
    assert {meaning for meaning in Meaning if means(text, meaning)} == meanings
    assert {meaning for meaning in Meaning if means(f"web: {text.upper()}", meaning)} == meanings
    for release in releases:
        said = {reason.meaning for reason in REASONS if _is_of(reason, release) and reason.pattern.search(text)}
        assert said == meanings, f"Nova {release}"


@pytest.mark.parametrize("reason", REASONS, ids=[f"{one.meaning.name}-{one.since}-{one.source}" for one in REASONS])
def test_each_pattern_has_a_text_of_each_of_its_releases(reason: Reason) -> None:
    for release in range(reason.since, (reason.until or NEWEST) + 1):
        assert any(reason.pattern.search(text) and release in releases for text, _meanings, releases in TEXTS)


def test_empty_text_has_no_meaning() -> None:
    assert not any(means(text, meaning) for text in (None, "") for meaning in Meaning)
    assert policy_in(None) is None


@pytest.mark.parametrize("text", [POLICY, PLACEMENT_POLICY])
def test_finds_the_policy_in_a_text(text: str) -> None:
    assert str(policy_in(text)) in text
    assert ":" in str(policy_in(text))


@pytest.mark.parametrize(
    ("status", "text", "kind", "advice"),
    [
        (400, NO_HOST, "no_valid_host", "compute hosts"),
        (409, LOCKED, "conflict", "openstack server unlock"),
        (403, OVER_QUOTA, "quota", "raise the quota"),
        (413, PORTS, "quota", "raise the quota"),
        (403, UNIFIED, "quota", "raise the quota"),
        (403, POLICY, "permission", "the role admin"),
        (403, "Policy doesn't allow os_compute_api:os-quota-sets:show to be performed.", "permission", "role reader"),
    ],
)
def test_message_contains_the_text_of_nova(status: int, text: str, kind: str, advice: str) -> None:
    body = f'{{"error": {{"message": "{text}"}}}}'
    failure = from_answer(status, {}, body, service="compute", what="Asking").failure
    assert failure.kind == kind
    assert text.rstrip(".") in failure.message
    assert advice in failure.message


def _is_of(reason: Reason, release: int) -> bool:
    return reason.since <= release <= (reason.until or NEWEST)
