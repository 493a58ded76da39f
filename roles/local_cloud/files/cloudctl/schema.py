# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that create the database tables of the OpenStack services."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .settings import Settings

REGION = "RegionOne"

# Nova replaces each name in braces, such as {username}, with a value of nova.conf.
CELL_DATABASE = "{scheme}://{username}:{password}@{hostname}/{path}?{query}"
CELL_TRANSPORT = "{scheme}://{username}:{password}@{hostname}:{port}/{path}"
CELL_NAME = "cell1"


@dataclasses.dataclass(frozen=True)
class Command:
    """A command of a program such as nova-manage.

    The command is skipped if the output of ``check_command`` contains ``skip_if_output``.
    """

    argv: tuple[str, ...]
    check_command: tuple[str, ...] = ()
    skip_if_output: str = ""


@dataclasses.dataclass(frozen=True)
class Schema:
    """The commands that create the database tables of a service. Each command may run several times."""

    databases: tuple[str, ...]
    script: str
    config_files: tuple[str, ...]
    commands: tuple[Command, ...]

    def options(self, settings: Settings) -> list[str]:
        """Return the options of the program that name its configuration files."""
        return [part for name in self.config_files for part in ("--config-file", str(settings.layout.etc / name))]

    def order(self, settings: Settings) -> dict[str, Any]:
        """Return the input of ``venv_scripts/manage.py``."""
        options = self.options(settings)
        return {
            "script": self.script,
            "commands": [
                {
                    "argv": [*options, *command.argv],
                    "check_command": [*options, *command.check_command] if command.check_command else [],
                    "skip_if_output": command.skip_if_output,
                }
                for command in self.commands
            ],
        }


def schemas(settings: Settings, secrets: dict[str, str], owner: Sequence[str]) -> dict[str, Schema]:
    """Return the database commands of each OpenStack service.

    ``owner`` is a user name and a group name.
    """
    user, group = owner
    keys = ("--keystone-user", user, "--keystone-group", group)
    return {
        "keystone": Schema(
            ("keystone",),
            "keystone-manage",
            ("keystone/keystone.conf",),
            (
                Command(("db_sync",)),
                Command(("fernet_setup", *keys)),
                Command(("credential_setup", *keys)),
                Command(
                    (
                        "bootstrap",
                        *("--bootstrap-password", secrets["admin"]),
                        *("--bootstrap-region-id", REGION),
                        *("--bootstrap-public-url", f"http://127.0.0.1:{settings.ports['keystone']}/v3"),
                    )
                ),
            ),
        ),
        "placement": Schema(
            ("placement",), "placement-manage", ("placement/placement.conf",), (Command(("db", "sync")),)
        ),
        "glance": Schema(("glance",), "glance-manage", ("glance/glance-api.conf",), (Command(("db_sync",)),)),
        "neutron": Schema(
            ("neutron",),
            "neutron-db-manage",
            ("neutron/neutron.conf", "neutron/ml2_conf.ini"),
            (Command(("upgrade", "heads")),),
        ),
        "cinder": Schema(("cinder",), "cinder-manage", ("cinder/cinder.conf",), (Command(("db", "sync")),)),
        "nova": Schema(
            ("nova_api", "nova", "nova_cell0"),
            "nova-manage",
            ("nova/nova.conf", "nova/databases.conf"),
            (
                Command(("api_db", "sync")),
                Command(("cell_v2", "map_cell0")),
                Command(("db", "sync")),
                Command(
                    (
                        *("cell_v2", "create_cell", "--name", CELL_NAME),
                        *("--database_connection", CELL_DATABASE),
                        *("--transport-url", CELL_TRANSPORT),
                    ),
                    # Create the cell only once, because nova-manage would create a second cell.
                    check_command=("cell_v2", "list_cells"),
                    skip_if_output=f" {CELL_NAME} ",
                ),
            ),
        ),
    }
