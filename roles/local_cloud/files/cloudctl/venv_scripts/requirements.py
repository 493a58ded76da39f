# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print the requirements of a source tree that the installed packages do not meet.

Standard input is a JSON list with the lines of ``requirements.txt``. Standard output is a JSON list of texts.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys

from packaging.requirements import InvalidRequirement, Requirement


def problem_of(line: str) -> str:
    """Return why a requirement is not met. Return an empty text if it is met."""
    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        return f"{line} (it cannot be read)"
    if requirement.marker is not None and not requirement.marker.evaluate():
        return ""
    try:
        found = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return f"{requirement.name}{requirement.specifier} (not installed)"
    if requirement.specifier.contains(found, prereleases=True):
        return ""
    return f"{requirement.name}{requirement.specifier} (installed is {found})"


if __name__ == "__main__":
    print(json.dumps([problem for line in json.load(sys.stdin) if (problem := problem_of(line))]))
