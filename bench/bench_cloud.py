# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.stackproof.migration.bench.settings import CYCLE_COPY, PER_HOST

ROOT = Path(__file__).resolve().parents[1]
PLAYBOOKS = ROOT / "playbooks"
# The programs of this collection are in .venv, and the compared tools are in .venv-bench.
OURS = ROOT / ".venv" / "bin"
PEERS = ROOT / ".venv-bench" / "bin"
# The path must be short, because the path of a Unix socket may have only about 100 characters.
STATE = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state", "stackproof/migration/bench")
PORT_BASE = 18950
CLOUD, IMAGE, FLAVOR, NETWORK = "local", "local-cloud", "local.tiny", "local-cloud"
# Each benchmark drain moves the servers from one of these hosts to the other.
HOSTS = ("compute1", "compute2")
# The timeout is longer than the default of the role, because the machine may be slow.
START_SECONDS = 300
_TAIL = 4000


def host_names(count: int) -> tuple[str, ...]:
    """Return the names of the compute hosts of a local cloud with ``count`` hosts."""
    return tuple(f"compute{number}" for number in range(1, count + 1))


class BenchCloudError(Exception):
    """The benchmark could not start or remove its local cloud."""


class BenchCloud:
    def __init__(self, folder: Path, port_base: int) -> None:
        self.folder = folder
        self._inputs = {"local_cloud_dir": str(folder), "local_cloud_port_base": port_base}

    def start(self, **more: Any) -> None:
        """Start the cloud, without volumes and ports unless ``more`` contains other inputs."""
        usual = {
            "local_cloud_hosts": len(HOSTS),
            "local_cloud_hypervisor": "fake",
            "local_cloud_volumes": "none",
            "local_cloud_migration_seconds": CYCLE_COPY,
            "local_cloud_live_migrations_per_host": PER_HOST,
            "local_cloud_start_timeout": START_SECONDS,
            # A production cloud also has several processes of each API.
            "local_cloud_api_workers": os.cpu_count() or 1,
            # One benchmark waits for migrations with Nova's notifications.
            "local_cloud_notifications": True,
        }
        self._local_cloud("started", **{**usual, **more})

    def remove(self) -> None:
        self._local_cloud("absent")

    def _local_cloud(self, state: str, **more: Any) -> None:
        inputs = json.dumps({**self._inputs, "local_cloud_state": state, **more})
        done = subprocess.run(
            [OURS / "ansible-playbook", "local_cloud.yml", "-e", inputs],
            cwd=PLAYBOOKS,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise BenchCloudError(
                f"The bench's cloud cannot be {state}:\n{done.stdout[-_TAIL:]}\n{done.stderr[-_TAIL:]}"
            )

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def databases_conf(self) -> Path:
        return self.folder / "etc" / "nova" / "databases.conf"

    @property
    def clouds_entry(self) -> dict[str, Any]:
        """The administrator's entry in clouds.yaml."""
        content = yaml.safe_load((self.folder / "clouds.yaml").read_text(encoding="utf-8"))
        return dict(content["clouds"][CLOUD])

    @property
    def notifications(self) -> dict[str, Any]:
        content = yaml.safe_load((self.folder / "notifications.yaml").read_text(encoding="utf-8"))
        return dict(content["migration_cycle_notifications"])

    def environment(self, programs: Path) -> dict[str, str]:
        return {
            "OS_CLIENT_CONFIG_FILE": str(self.folder / "clouds.yaml"),
            "OS_CLOUD": CLOUD,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "ANSIBLE_NOCOLOR": "true",
        }

    def openrc(self) -> dict[str, str]:
        """Return the environment variables for a client that cannot read clouds.yaml."""
        entry = self.clouds_entry
        return {
            "OS_REGION_NAME": entry["region_name"],
            **{f"OS_{key.upper()}": value for key, value in entry["auth"].items()},
        }
