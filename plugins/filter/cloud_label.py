# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter cloud_label returns a label for a cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._module.cloud_label import cloud_label

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTATION = r"""
name: cloud_label
short_description: Return a label for a cloud
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns a label for a cloud.
  - The input is a name or a dictionary, as in the option O(stackproof.migration.server_batch#module:cloud).
  - You can use the label in messages and task names. The label contains no secrets.
options:
  _input:
    description: The name of a cloud in C(clouds.yaml), or a dictionary with the settings of a cloud. If the input is
      empty, environment variables select the cloud.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Migrate servers on {{ migration_cycle_cloud | stackproof.migration.cloud_label }}
  ansible.builtin.debug:
"""

RETURN = r"""
_value:
  description: The label of the cloud.
  type: str
  sample: cloud lab
"""


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., str]]:
        return {"cloud_label": cloud_label}
