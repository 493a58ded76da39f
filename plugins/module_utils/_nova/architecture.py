# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""The names of CPU architectures in Nova."""

from __future__ import annotations

# Nova treats these names as equal (nova.objects.fields.Architecture.canonicalize).
_SAME_ARCHITECTURE = {
    "amd64": "x86_64",
    "x64": "x86_64",
    "arm64": "aarch64",
    "ppc64el": "ppc64le",
    **dict.fromkeys(("i386", "i486", "i586", "x86"), "i686"),
}


def canonical(architecture: str | None) -> str | None:
    """Return Nova's name for a CPU architecture. Return None for an empty name."""
    name = (architecture or "").strip().lower()
    return _SAME_ARCHITECTURE.get(name, name) or None
