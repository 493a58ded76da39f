# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""OpenStack's own integration tests pass on the local cloud.

They run on each kind of compute hosts.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.proof.lab import Lab
from ansible_collections.stackproof.migration.tests.tempest import suite

if TYPE_CHECKING:
    from collections.abc import Iterator

STATE = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state", "stackproof/migration")
PORT_BASE = int(os.environ.get("TEMPEST_PORT_BASE") or 18910)
PAGE = suite.ROOT / "docs" / "proof.md"
BEGIN, END = "<!-- the results of Tempest begin -->\n", "<!-- the results of Tempest end -->\n"
KINDS = ("fake", "libvirt")


@pytest.fixture(scope="module")
def results() -> Iterator[dict[str, list[suite.Case]]]:
    """Collect the results for each kind of hosts.

    If every kind has passed all tests, write the results into the documentation.
    """
    found: dict[str, list[suite.Case]] = {}
    yield found
    complete = set(found) == set(KINDS) and not suite.SELECTED
    if complete and not any(case.result == "failed" for cases in found.values() for case in cases):
        text = PAGE.read_text(encoding="utf-8")
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        PAGE.write_text(f"{before}{BEGIN}\n{suite.table(found)}\n{END}{after}", encoding="utf-8")


@pytest.fixture
def lab(kind: str, tmp_path: Path) -> Iterator[Lab]:
    """Start a local cloud whose compute hosts are of one kind. Remove the cloud afterwards."""
    if kind == "libvirt" and os.geteuid() != 0:
        pytest.skip("libvirt hosts need root")
    lab = Lab(STATE / f"tempest-{kind}", PORT_BASE, tmp_path, local_cloud_hypervisor=kind, local_cloud_volumes="auto")
    try:
        lab.start()
        yield lab
    finally:
        lab.remove()


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # the SDK warns of parts of itself that are not used
@pytest.mark.parametrize("kind", KINDS)
def test_tempest_passes(kind: str, lab: Lab, tmp_path: Path, results: dict[str, list[suite.Case]]) -> None:
    folder = tmp_path / "tempest"
    folder.mkdir()
    cases = results[kind] = suite.run(lab.connect(), kind, folder)
    print(suite.table({kind: cases}))
    log = (folder / "errors.log").read_text(encoding="utf-8")[-2000:]
    assert sum(case.result == "passed" for case in cases) > len(cases) / 2, f"{len(cases)} results. {log}"
    assert [f"{case.name}: {case.reason[-1500:]}" for case in cases if case.result == "failed"] == []
