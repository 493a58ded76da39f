# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: regression_targets
short_description: Which hosts of the inventory the playbook regression asks
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Gives the pattern of the hosts that stand for clouds, or an empty string where the inventory names none; then the
    one cloud of the environment is asked, or a local one.
  - Hosts stand for clouds when they are in the group C(migration_targets), or match the variable C(regression_targets).
    No others do, so an inventory of other machines is left alone.
  - Fails where clouds are meant and none is found, C(--limit) considered.
options:
  _terms:
    description: None.
    type: list
    elements: str
    required: false
"""

EXAMPLES = r"""
- name: Say which are asked
  ansible.builtin.debug:
    msg: "{{ lookup('stackproof.migration.regression_targets') }}"
"""

RETURN = r"""
_raw:
  description: The pattern, as one string.
  type: list
  elements: str
  sample: [migration_targets]
"""

from typing import TYPE_CHECKING, Any

from ansible.constants import LOCALHOST
from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUP = "migration_targets"
PATTERN = "regression_targets"


class LookupModule(LookupBase):
    """The lookup."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **_kwargs: Any) -> list[str]:  # noqa: ARG002 - Ansible calls it so
        """The pattern, or an empty string."""
        known = variables or {}
        groups = known.get("groups") or {}
        pattern = _joined(known.get(PATTERN) or (GROUP if GROUP in groups else ""))
        if not pattern:
            _tell_of_hosts_that_are_not_asked(groups)
            return [""]
        limit = known.get("ansible_limit") or ""
        if not self._matching(groups, pattern, limit):
            raise AnsibleError(_nothing_matches(groups, pattern, limit))
        return [pattern]

    def _matching(self, groups: Mapping[str, list[str]], pattern: str, limit: str) -> list[str]:
        manager = InventoryManager(self._loader, parse=False)
        for group, hosts in groups.items():
            manager.add_group(group)
            for host in hosts:
                manager.add_host(host, group=group)
        if limit:
            manager.subset(limit)
        return [host.name for host in manager.get_hosts(pattern)]


def _joined(pattern: str | list[str]) -> str:
    return pattern if isinstance(pattern, str) else ":".join(pattern)


def _nothing_matches(groups: Mapping[str, list[str]], pattern: str, limit: str) -> str:
    if pattern == GROUP and not groups.get(GROUP):
        return (
            f"The group {GROUP} of the inventory is empty, so there is no cloud to ask. Put a host into it for each"
            " cloud, or leave the group out to ask the one in OS_CLOUD."
        )
    limited = f" and --limit {limit}" if limit else ""
    there = ", ".join(groups.get(GROUP) or groups.get("all") or []) or "none"
    return (
        f"No host of the inventory matches {pattern}{limited}, so there is no cloud to ask. Hosts"
        f"{f' in {GROUP}' if groups.get(GROUP) else ''}: {there}."
    )


def _tell_of_hosts_that_are_not_asked(groups: Mapping[str, list[str]]) -> None:
    others = [host for host in groups.get("all") or [] if host not in LOCALHOST]
    if others:
        Display().warning(
            f"None of the inventory's {len(others)} hosts stands for a cloud, and none is touched: the one cloud of the"
            f" environment is asked, or a local one. Hosts that stand for clouds belong into the group {GROUP}, or are"
            f" named by -e {PATTERN}=."
        )
