# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clouds of the proof: how they are started, and removed or kept."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.tests.proof.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

KEPT_CLOUDS = pytest.StashKey[list[Path]]()
# The folders of the clouds are in the same place as the default folder of the role local_cloud. The path is short,
# because the length of a socket path is limited.
STATE = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state", "stackproof/migration/proof")
VOLUMES_PORT_BASE = 18930


def running(kind: str, port_base: int, request: pytest.FixtureRequest, **inputs: Any) -> Iterator[Lab]:
    """Start a cloud for the fixture of ``request``, yield it, and remove it afterwards unless it is kept.

    The name of its folder ends with ``kind``, and ``inputs`` are inputs of the role local_cloud.
    """
    folder = STATE.with_name(f"proof-{kind}") if kind else STATE
    lab = Lab(folder, port_base, request.getfixturevalue("tmp_path_factory").mktemp(folder.name), **inputs)
    lab.start()
    yield lab
    _remove_or_keep(lab, request.config)


def _remove_or_keep(lab: Lab, config: pytest.Config) -> None:
    """Remove the cloud. If PROOF_KEEP is set, repair the cloud and keep it.

    A kept cloud can be inspected, and it makes the next run faster.
    """
    if os.environ.get("PROOF_KEEP"):
        config.stash[KEPT_CLOUDS].append(lab.folder)
        lab.start()
    else:
        lab.remove()


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
