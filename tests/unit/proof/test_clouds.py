# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The message of `make proof` about the clouds that PROOF_KEEP keeps."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.stackproof.migration.tests.proof.clouds import kept_clouds_message


def test_names_each_cloud_and_the_command_that_removes_it() -> None:
    message = kept_clouds_message([Path("/state/proof"), Path("/my state/proof-guests")])
    assert "keep running" in message
    lines = [line.strip() for line in message.splitlines()]
    assert {"/state/proof", "/my state/proof-guests"} <= set(lines)
    command = "remove  ansible-playbook playbooks/local_cloud.yml -e {} -e local_cloud_state=absent"
    assert [line for line in lines if line.startswith("remove")] == [
        command.format("local_cloud_dir=/state/proof"),
        command.format("'local_cloud_dir=/my state/proof-guests'"),
    ]
