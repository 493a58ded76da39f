# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Create a name for a cloud that messages can show."""

from __future__ import annotations

from typing import Any


def cloud_label(cloud: Any) -> str:
    """Return a name for the cloud, without secrets.

    ``cloud`` is the name of a cloud, a dictionary with settings, or empty.
    """
    if isinstance(cloud, str) and cloud:
        return f"cloud {cloud}"
    if isinstance(cloud, dict) and cloud:
        auth = cloud.get("auth")
        auth_url = auth.get("auth_url") if isinstance(auth, dict) else None
        return f"cloud at {auth_url}" if auth_url else "cloud from a dictionary of settings"
    return "cloud from OS_* variables or clouds.yaml"
