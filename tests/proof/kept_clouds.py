# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The message about the clouds that keep running after the proof."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def kept_clouds_message(folders: Iterable[Path]) -> str:
    """Return a message about the kept clouds.

    It contains the folder of each cloud, and the commands that use and remove the cloud.
    """
    lines = ["PROOF_KEEP is set. These local clouds keep running, and the next run of the proof uses them:"]
    for folder in folders:
        directory = shlex.quote(f"local_cloud_dir={folder}")
        lines += (
            f"  {folder}",
            f"    use     export OS_CLIENT_CONFIG_FILE={shlex.quote(str(folder / 'clouds.yaml'))} OS_CLOUD=local",
            f"    remove  ansible-playbook playbooks/local_cloud.yml -e {directory} -e local_cloud_state=absent",
        )
    lines.append("'make clean' removes them too, together with .venv and the caches.")
    return "".join(f"{line}\n" for line in lines)
