# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Find the hosts of the inventory that match a pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible.inventory.manager import InventoryManager

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible.parsing.dataloader import DataLoader


def matching_hosts(
    loader: DataLoader | None, groups: Mapping[str, list[str]], pattern: str, limit: str = ""
) -> list[str]:
    """Return the names of the hosts that match ``pattern`` and ``limit``.

    ``groups`` is Ansible's variable ``groups``.
    """
    manager = InventoryManager(loader, parse=False)
    for group, hosts in groups.items():
        manager.add_group(group)
        for host in hosts:
            manager.add_host(host, group=group)
    if limit:
        manager.subset(limit)
    return [host.name for host in manager.get_hosts(pattern)]
