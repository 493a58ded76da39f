# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that stop and remove a local cloud."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# If this environment variable is "make", messages show make commands. Otherwise messages show playbooks.
VARIABLE = "LOCAL_CLOUD_COMMANDS"


def control_commands(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the commands that stop and remove the local cloud in this folder."""
    variables = shlex.quote(f"local_cloud_dir={folder}")
    if environment.get(VARIABLE) == "make":
        arguments = "" if folder == default_folder(environment) else f" ARGS={shlex.quote(f'-e {variables}')}"
        return {"stop_command": f"make stop{arguments}", "remove_command": f"make clean{arguments}"}
    playbook = f"ansible-playbook stackproof.migration.local_cloud -e {variables} -e local_cloud_state"
    return {"stop_command": f"{playbook}=stopped", "remove_command": f"{playbook}=absent"}


def default_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder of the local cloud if the input local_cloud_dir is not set."""
    home = Path(environment.get("HOME", "~"))
    state = Path(environment.get("XDG_STATE_HOME") or home / ".local" / "state")
    return (state / "stackproof" / "migration" / "local-cloud").expanduser().resolve()
