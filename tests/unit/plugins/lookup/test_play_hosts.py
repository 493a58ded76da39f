# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup that refuses options of ansible-playbook with which a run would leave out tasks."""

from __future__ import annotations

from typing import Any

import pytest
from ansible import context
from ansible.errors import AnsibleLookupError
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible_collections.stackproof.migration.plugins.lookup import play_hosts

CLOUDS = {"all": ["berlin", "lisbon", "web1"], "ungrouped": ["web1"], "migration_targets": ["berlin", "lisbon"]}
OWN = str(play_hosts.PLAYBOOKS / "drain.yml")


def pattern(
    monkeypatch: pytest.MonkeyPatch,
    terms: list[Any],
    *,
    playbook: str = OWN,
    start_at_task: str | None = None,
    **variables: Any,
) -> list[str]:
    arguments = {"args": (playbook,), "start_at_task": start_at_task}
    monkeypatch.setattr(context, "CLIARGS", ImmutableDict(arguments))
    return play_hosts.LookupModule(loader=DataLoader()).run(terms, variables)


@pytest.mark.parametrize(
    ("terms", "variables", "found"),
    [
        (["localhost"], {}, "localhost"),
        # localhost need not be in the inventory.
        (["localhost"], {"ansible_limit": "localhost"}, "localhost"),
        (["localhost"], {"ansible_limit": "web1,localhost", "groups": CLOUDS}, "localhost"),
        (["migration_targets"], {"ansible_limit": "berlin", "groups": CLOUDS}, "migration_targets"),
        ([["berlin", "lisbon"]], {"groups": CLOUDS}, "berlin:lisbon"),
    ],
)
def test_returns_the_pattern(
    monkeypatch: pytest.MonkeyPatch, terms: list[Any], variables: dict[str, Any], found: str
) -> None:
    assert pattern(monkeypatch, terms, **variables) == [found]


@pytest.mark.parametrize(
    ("terms", "variables"),
    [
        (["localhost"], {"ansible_run_tags": ("nonsense",)}),
        (["localhost"], {"ansible_skip_tags": ("always",)}),
        (["localhost"], {"start_at_task": "Drain"}),
        (["localhost"], {"ansible_limit": "web1", "groups": CLOUDS}),
        (["localhost"], {"ansible_limit": "web1"}),
        (["migration_targets"], {"ansible_limit": "web1", "groups": CLOUDS}),
    ],
)
def test_refuses_a_run_that_leaves_out_tasks(
    monkeypatch: pytest.MonkeyPatch, terms: list[Any], variables: dict[str, Any]
) -> None:
    with pytest.raises(AnsibleLookupError, match="Run the playbook without"):
        pattern(monkeypatch, terms, **variables)
    # Another playbook imports the playbook. There, the options may select other plays.
    (found,) = pattern(monkeypatch, terms, playbook="site.yml", **variables)
    assert found == terms[0]
