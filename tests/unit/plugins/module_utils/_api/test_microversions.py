# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api import microversions
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import MicroversionError


@pytest.mark.parametrize(
    ("newest", "need", "chosen"),
    [
        ((2, 104), microversions.LIVE_MIGRATE, "2.96"),
        ((2, 90), microversions.LIVE_MIGRATE, "2.90"),
        ((2, 25), microversions.LIVE_MIGRATE, "2.25"),
        ((2, 104), microversions.HYPERVISORS, "2.87"),
    ],
)
def test_chooses_the_newest_common_microversion(
    newest: microversions.Version, need: microversions.MicroversionRequirement, chosen: str
) -> None:
    assert microversions.MicroversionRange((2, 1), newest).choose(need) == chosen


def test_error_for_an_old_cloud_names_microversion_and_release() -> None:
    with pytest.raises(MicroversionError, match=r"up to 2\.24, but 2\.25 is required\. .* Mitaka or newer"):
        microversions.MicroversionRange((2, 1), (2, 24)).choose(microversions.LIVE_MIGRATE)


def test_error_for_a_cloud_that_is_too_new() -> None:
    with pytest.raises(MicroversionError, match="Use a newer release of this collection"):
        microversions.MicroversionRange((2, 90), (2, 120)).choose(microversions.HYPERVISORS)


@pytest.mark.parametrize(
    ("version", "release"),
    [((2, 25), "Mitaka"), ((2, 26), "Newton"), ((2, 65), "Rocky"), ((2, 96), "2024.1"), ((2, 999), "a later release")],
)
def test_release_that_brings_a_microversion(version: microversions.Version, release: str) -> None:
    assert microversions.release_with(version) == release


@pytest.mark.parametrize(
    ("newest", "names_host", "warned_of"),
    [
        ((2, 96), True, []),
        ((2, 33), True, ["2.34"]),
        ((2, 29), False, ["2.34"]),
        ((2, 29), True, ["2.30", "2.34"]),
    ],
)
def test_limitations_of_old_clouds(newest: microversions.Version, names_host: bool, warned_of: list[str]) -> None:
    warnings = microversions.limitations(microversions.MicroversionRange((2, 1), newest), names_host=names_host)
    assert len(warnings) == len(warned_of)
    for warning, version in zip(warnings, warned_of, strict=True):
        assert f"Below microversion {version}" in warning


def test_offers_returns_whether_a_cloud_has_a_microversion() -> None:
    assert microversions.MicroversionRange((2, 1), (2, 51)).offers(microversions.ACTIONS)
    assert not microversions.MicroversionRange((2, 1), (2, 50)).offers(microversions.ACTIONS)
