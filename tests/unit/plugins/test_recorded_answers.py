# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fake cloud answers each request of the collection as the recorded releases do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from ansible_collections.stackproof.migration.plugins.module_utils._api import microversions
from ansible_collections.stackproof.migration.tests.samples import api_requests, recordings
from ansible_collections.stackproof.migration.tests.samples.clouds import FakeSampleCloud
from ansible_collections.stackproof.migration.tests.samples.scenario import Scenario, shapes

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud


@pytest.mark.parametrize("release", recordings.releases())
def test_fake_cloud_answers_as_recorded(release: str, fake: FakeCloud) -> None:
    recorded = recordings.read(release)
    fake.newest = recorded.newest
    found = shapes(Scenario(FakeSampleCloud(fake)).play())
    assert recordings.differences(recorded.answers, found, null_optional=True) == []


def test_a_recording_exists_for_the_default_release_of_the_local_cloud() -> None:
    role = recordings.ROOT / "roles" / "local_cloud"
    default = yaml.safe_load((role / "defaults" / "main.yml").read_text(encoding="utf-8"))["local_cloud_release"]
    supported = {path.parent.name for path in role.glob("files/releases/*/requirements.txt")}
    assert {default} <= set(recordings.releases()) <= supported


@pytest.mark.parametrize("release", recordings.releases())
def test_each_request_is_recorded(release: str) -> None:
    recorded = recordings.read(release)
    offered = microversions.MicroversionRange((2, 1), microversions.parsed(recorded.newest))
    titles = {request.title(request.microversion(offered)) for request in api_requests.ALL}
    assert titles <= recorded.answers.keys()


def test_each_microversion_of_the_collection_has_a_request() -> None:
    needed = {
        id(value)
        for name, value in vars(microversions).items()
        if isinstance(value, microversions.MicroversionRequirement) or name.startswith("PLACEMENT")
    }
    assert needed == {id(request.need) for request in api_requests.ALL}
