# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The releases of OpenStack that the local cloud can run, and the Pythons that they need."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.stackproof.migration.tests.proof.runs import ROOT
from cloudctl import pythons
from cloudctl.errors import CloudError

PORT_BASE = 19200
# The variables of the role for each release, by its name.
RELEASES: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))["__local_cloud_release"]
    for path in (ROOT / "roles/local_cloud/vars/releases").glob("*.yml")
}


def nova_of(release: str) -> int:
    """Return the major version of Nova in a release."""
    return int(RELEASES[release]["nova"])


def require_pythons(*releases: str) -> None:
    """Skip the test if this machine has no Python for one of the releases."""
    for name in releases:
        try:
            pythons.choose("", pythons.Range.of(RELEASES[name]))
        except CloudError as error:
            pytest.skip(str(error))
