# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
from typing import Any

import jinja2
from ansible_collections.stackproof.migration.plugins.module_utils._module.run_owner import (
    OWNER_KEY,
    UNTIL_KEY,
    RunOwner,
    owner_of,
)
from ansible_collections.stackproof.migration.plugins.test import abandoned


def test_selects_servers_of_ended_runs() -> None:
    me = owner_of(os.getpid())
    assert me is not None
    servers: list[dict[str, Any]] = [
        {"name": "ours", "metadata": {OWNER_KEY: str(me)}},
        {"name": "dead", "metadata": {OWNER_KEY: str(RunOwner(me.namespace, me.pid, me.start_time - 1))}},
        {"name": "late", "metadata": {UNTIL_KEY: "2020-01-01T00:00:00+00:00"}},
        {"name": "early", "metadata": {UNTIL_KEY: "2999-01-01T00:00:00+00:00"}},
        {"name": "stranger", "metadata": {}},
    ]
    environment = jinja2.Environment(autoescape=True)
    environment.tests.update(abandoned.TestModule().tests())
    template = environment.from_string("{{ servers | select('abandoned') | map(attribute='name') | join(' ') }}")
    assert template.render(servers=servers) == "dead late"
