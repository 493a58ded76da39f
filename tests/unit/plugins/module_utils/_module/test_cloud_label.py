# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The label of a cloud in messages."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._module.cloud_label import cloud_label

AUTH = {"auth_url": "http://127.0.0.1:5000/v3", "username": "operator", "password": "hidden"}


@pytest.mark.parametrize(
    ("cloud", "label"),
    [
        ("lab", "cloud lab"),
        ({"auth": AUTH}, "cloud at http://127.0.0.1:5000/v3"),
        ({"auth": {"password": "hidden"}}, "cloud from a dictionary of settings"),
        ({"profile": "vendor", "auth": None}, "cloud from a dictionary of settings"),
        ("", "cloud from OS_* variables or clouds.yaml"),
        ({}, "cloud from OS_* variables or clouds.yaml"),
        (None, "cloud from OS_* variables or clouds.yaml"),
    ],
)
def test_label_names_the_cloud_without_secrets(cloud: Any, label: str) -> None:
    assert cloud_label(cloud) == label
    assert "hidden" not in label
