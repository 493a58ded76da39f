# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter local_cloud_missing_packages lists the packages of the operating system that are not installed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._local_cloud.packages import missing_packages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: local_cloud_missing_packages
short_description: List packages of the operating system that are missing
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the packages whose files do not exist on the machine that runs Ansible.
options:
  _input:
    description: A dictionary of packages. Each value is the path of a file that exists only if the package is
      installed.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show which packages are missing
  ansible.builtin.debug:
    msg: "{{ packages | stackproof.migration.local_cloud_missing_packages }}"
  vars:
    packages:
      rabbitmq-server: /usr/lib/rabbitmq/bin/rabbitmq-server
"""

RETURN = r"""
_value:
  description: The names of the missing packages.
  type: list
  elements: str
  sample: [rabbitmq-server]
"""


def local_cloud_missing_packages(packages: Mapping[str, str]) -> list[str]:
    """Return the names of the packages that are not installed."""
    return missing_packages(packages, lambda file: Path(file).exists())


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        return {"local_cloud_missing_packages": local_cloud_missing_packages}
