# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords that are also parts of names. If Ansible masks such a password, it changes the names of hosts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.proof.rows import PASSED, Row

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.proof.prover import Prover
    from ansible_collections.stackproof.migration.tests.proof.runs import Result


def names_are_complete(result: Result) -> None:
    (migration,) = result.migrations
    assert {migration["source"], migration["destination"]} <= {f"compute{number}" for number in range(1, 10)}
    assert "*" not in str([server["name"] for server in result.facts["servers"]])


@pytest.mark.parametrize("password", ["compute1", "compute", "a"])
def test_password_in_a_name(prover: Prover, password: str) -> None:
    row = Row(
        f"the password is {password!r}, and the modules run in their own processes", PASSED, further=names_are_complete
    )
    prover.lab.start()
    # With this path of the Python that runs Ansible, the modules do not run in the process of Ansible.
    interpreter = str(Path(sys.executable).with_name("python3"))
    with prover.lab.administrator("proof-operator", password) as settings:
        result = prover.lab.run(migration_cycle_cloud=settings, ansible_python_interpreter=interpreter).result()
    prover.record(row, result)
