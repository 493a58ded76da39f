# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: regression_targets
short_description: Find the hosts of the inventory that represent clouds
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the hosts of the inventory that represent clouds, as an Ansible pattern.
  - Returns an empty string if no host of the inventory represents a cloud. The playbook C(regression) then uses the
    cloud in the environment variables, or a local cloud.
  - A host represents a cloud if it is in the group C(migration_targets) or matches the variable C(regression_targets).
    The playbook ignores other hosts.
  - Fails if the group or the variable selects no host. The lookup also fails if C(--limit) excludes all selected hosts.
options:
  _terms:
    description: The lookup ignores all terms.
    type: list
    elements: str
    required: false
"""

EXAMPLES = r"""
- name: Show the pattern
  ansible.builtin.debug:
    msg: "{{ lookup('stackproof.migration.regression_targets') }}"
"""

RETURN = r"""
_raw:
  description: The pattern, as a string.
  type: list
  elements: str
  sample: [migration_targets]
"""

from typing import TYPE_CHECKING, Any

from ansible.constants import LOCALHOST
from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display
from ansible_collections.stackproof.migration.plugins.plugin_utils._playbook.matching_hosts import matching_hosts

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUP = "migration_targets"
PATTERN = "regression_targets"


class LookupModule(LookupBase):
    """The lookup regression_targets finds the inventory hosts that represent clouds."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **_kwargs: Any) -> list[str]:  # noqa: ARG002 - Ansible passes these arguments
        """Return the pattern of the hosts that represent clouds, or an empty string.

        Raise AnsibleLookupError if no host matches the pattern.
        """
        known = variables or {}
        groups = known.get("groups") or {}
        pattern = _as_text(known.get(PATTERN) or (GROUP if GROUP in groups else ""))
        if not pattern:
            _warn_of_other_hosts(groups)
            return [""]
        limit = known.get("ansible_limit") or ""
        if not matching_hosts(self._loader, groups, pattern, limit):
            raise AnsibleLookupError(_no_match_message(groups, pattern, limit))
        return [pattern]


def _as_text(pattern: str | list[str]) -> str:
    return pattern if isinstance(pattern, str) else ":".join(pattern)


def _no_match_message(groups: Mapping[str, list[str]], pattern: str, limit: str) -> str:
    if pattern == GROUP and not groups.get(GROUP):
        return (
            f"The group {GROUP} of the inventory is empty, so no cloud is selected. Add a host for each cloud to it, or"
            " remove the group to run against the cloud in OS_CLOUD."
        )
    limited = f" and --limit {limit}" if limit else ""
    hosts = ", ".join(groups.get(GROUP) or groups.get("all") or []) or "none"
    return (
        f"No host of the inventory matches {pattern}{limited}, so no cloud is selected. Hosts"
        f"{f' in {GROUP}' if groups.get(GROUP) else ''}: {hosts}."
    )


def _warn_of_other_hosts(groups: Mapping[str, list[str]]) -> None:
    others = [host for host in groups.get("all") or [] if host not in LOCALHOST]
    if others:
        Display().warning(
            f"The inventory has no hosts that represent clouds (hosts={len(others)}). The run ignores its hosts, and"
            f" uses the cloud of the environment or a local cloud. To select clouds, add hosts that represent clouds to"
            f" the group {GROUP}, or name the hosts with -e {PATTERN}=."
        )
