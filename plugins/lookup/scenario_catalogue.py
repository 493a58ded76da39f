# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup scenario_catalogue."""

from __future__ import annotations

DOCUMENTATION = r"""
name: scenario_catalogue
short_description: Read the scenarios of this collection and your own
version_added: 1.1.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the scenarios and profiles of the role P(stackproof.migration.migration_scenarios#role), and those in other
    folders.
options:
  _terms:
    description:
      - Folders with more scenarios. A folder contains C(scenarios/SUITE/NAME.yml), C(profiles.yml), or both.
      - A scenario or profile replaces one of the collection with the same name.
    type: list
    elements: path
    default: []
"""

EXAMPLES = r"""
- name: Show the ids of all scenarios
  ansible.builtin.debug:
    msg: "{{ catalogue.scenarios | map(attribute='name') }}"
  vars:
    catalogue: "{{ lookup('stackproof.migration.scenario_catalogue') }}"
"""

RETURN = r"""
_raw:
  description: A dictionary with the lists C(scenarios) and C(profiles).
  type: list
  elements: dict
"""

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.stackproof.migration.plugins.plugin_utils._catalogue.files import read_catalogue

FILES = Path(__file__).resolve().parents[2] / "roles" / "migration_scenarios" / "files"


class LookupModule(LookupBase):
    """Reads the scenarios."""

    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[dict[str, Any]]:
        """Return the catalogue as the only entry of a list. Raise AnsibleLookupError if a folder or file is wrong."""
        self.set_options(var_options=variables, direct=kwargs)  # type: ignore[no-untyped-call]  # not annotated
        folders = [Path(str(term)).expanduser() for term in terms if term]
        for folder in folders:
            if not folder.is_dir():
                message = f"There is no folder {folder} with scenarios. Create it, or correct the path."
                raise AnsibleLookupError(message)
        try:
            return [read_catalogue([FILES, *folders])]
        except ValueError as error:
            raise AnsibleLookupError(str(error)) from error
