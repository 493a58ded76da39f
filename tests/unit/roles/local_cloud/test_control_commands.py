# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that stop and remove a local cloud."""

from __future__ import annotations

from pathlib import Path

import pytest
from cloudctl.control_commands import control_commands, default_folder

DEFAULT = Path("/home/user/.local/state/stackproof/migration/local-cloud")


def test_names_the_playbook_and_the_folder_without_make() -> None:
    assert control_commands(Path("/srv/my cloud"), {"HOME": "/home/user"}) == {
        "stop_command": "ansible-playbook stackproof.migration.local_cloud"
        " -e 'local_cloud_dir=/srv/my cloud' -e local_cloud_state=stopped",
        "remove_command": "ansible-playbook stackproof.migration.local_cloud"
        " -e 'local_cloud_dir=/srv/my cloud' -e local_cloud_state=absent",
    }


def test_names_make_targets_in_a_clone() -> None:
    assert control_commands(DEFAULT, {"HOME": "/home/user", "LOCAL_CLOUD_COMMANDS": "make"}) == {
        "stop_command": "make stop",
        "remove_command": "make clean",
    }


def test_names_a_folder_that_is_not_the_default_for_make() -> None:
    commands = control_commands(Path("/srv/cloud"), {"HOME": "/home/user", "LOCAL_CLOUD_COMMANDS": "make"})
    assert commands["stop_command"] == "make stop ARGS='-e local_cloud_dir=/srv/cloud'"


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"HOME": "/home/user"}, DEFAULT),
        ({"HOME": "/home/user", "XDG_STATE_HOME": ""}, DEFAULT),
        ({"HOME": "/home/user", "XDG_STATE_HOME": "/state"}, Path("/state/stackproof/migration/local-cloud")),
    ],
)
def test_default_folder_follows_the_role(environment: dict[str, str], folder: Path) -> None:
    assert default_folder(environment) == folder
