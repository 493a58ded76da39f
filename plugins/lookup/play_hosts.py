# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: play_hosts
short_description: Check that the options of a run skip no task of a playbook
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the pattern of the hosts of a play. The playbooks of this collection use this lookup in the keyword
    C(hosts).
  - Fails if C(--tags), C(--skip-tags), C(--start-at-task) or C(--limit) leave out tasks of the playbook. Otherwise,
    Ansible would run no task or only some tasks, and would report success.
  - Another playbook can import the playbook of this collection. In this case, the lookup never fails.
  - An option such as C(--tags) may select plays of the importing playbook.
options:
  _terms:
    description: The pattern of the hosts, as a string or as a list of patterns.
    type: list
    elements: raw
    required: true
"""

EXAMPLES = r"""
- name: Drain a compute host
  hosts: "{{ lookup('stackproof.migration.play_hosts', 'localhost') }}"
  tasks:
    - name: Drain
      ansible.builtin.import_role:
        name: stackproof.migration.host_drain
"""

RETURN = r"""
_raw:
  description: The pattern, as a string.
  type: list
  elements: str
  sample: [localhost]
"""

from pathlib import Path
from typing import Any

from ansible import context
from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.stackproof.migration.plugins.plugin_utils._playbook.matching_hosts import matching_hosts
from ansible_collections.stackproof.migration.plugins.plugin_utils._playbook.run_options import (
    refusal,
    runs_playbook_of,
)

PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"


class LookupModule(LookupBase):
    """Checks that no option of ansible-playbook skips tasks of a play."""

    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **_kwargs: Any) -> list[str]:
        """Return the hosts of the play.

        Raise AnsibleLookupError if an option of ansible-playbook would skip tasks.
        """
        pattern = ":".join(_patterns(terms))
        if not runs_playbook_of(PLAYBOOKS, context.CLIARGS.get("args") or ()):
            return [pattern]
        known = variables or {}
        limit = known.get("ansible_limit") or ""
        reason = refusal(
            tags=known.get("ansible_run_tags") or ["all"],
            skip_tags=known.get("ansible_skip_tags") or [],
            start_at_task=context.CLIARGS.get("start_at_task"),
            limit=limit,
            hosts=matching_hosts(self._loader, known.get("groups") or {}, pattern, limit),
        )
        if reason:
            raise AnsibleLookupError(reason)
        return [pattern]


def _patterns(terms: list[Any]) -> list[str]:
    return [str(pattern) for term in terms for pattern in (term if isinstance(term, list) else [term])]
