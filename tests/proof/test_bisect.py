# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bisection of a source tree names the commit that breaks live migration."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.tests.proof import scratch_repository
from ansible_collections.stackproof.migration.tests.proof.runs import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.stackproof.migration.tests.proof.lab import Lab

SCRIPT = ROOT / "extensions" / "bisect" / "regression_bisect.py"


def test_bisect_names_the_commit(lab: Lab, tmp_path: Path) -> None:
    lab.start()
    repository = tmp_path / "nova"
    scratch_repository.create(repository, (lab.folder / "venv").resolve())
    scratch_repository.git(repository, "bisect", "start", "main", "main~10")
    inputs = json.dumps(lab.inputs)
    command = ("bisect", "run", sys.executable, str(SCRIPT), "--reports", str(tmp_path / "reports"), "--", "-e", inputs)
    try:
        said = scratch_repository.git(repository, *command)
    finally:
        lab.start()
    assert "is the first bad commit" in said, said[-4000:]
    assert f"    {scratch_repository.BAD_SUBJECT}\n" in said
    # Only commits that nova-scheduler has imported restart a program, and then only this program.
    assert "source tree changed for nova-scheduler\n" in said
