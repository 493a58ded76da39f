# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client of supervisord.

The tests use a small server with the same API (see toy_supervisord.py).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.unit.roles.local_cloud.toy import eventually
from cloudctl.errors import CloudError
from cloudctl.processes import environment_marker
from cloudctl.supervisor import Supervisor

if TYPE_CHECKING:
    from cloudctl.layout import Layout


@pytest.fixture
def supervisor(layout: Layout) -> Supervisor:
    config = layout.etc / "supervisord.conf"
    config.write_text(
        f"[unix_http_server]\nfile={layout.supervisor_socket}\n"
        + "".join(f"[program:{name}]\ncommand=true\n" for name in ("mariadb", "nova", "glance"))
    )
    program = str(Path(__file__).with_name("toy_supervisord.py"))
    subprocess.run(
        [sys.executable, program, str(config)],
        env={**environment_marker(layout), "TOY_TOP": str(layout.top)},
        check=True,
    )
    supervisor = Supervisor(layout.supervisor_socket)
    eventually(supervisor.is_running)
    return supervisor


def test_has_no_states_without_supervisord(layout: Layout) -> None:
    supervisor = Supervisor(layout.supervisor_socket)
    assert not supervisor.is_running()
    assert supervisor.states() == {}


def test_starts_stops_and_shuts_down(supervisor: Supervisor) -> None:
    assert set(supervisor.states().values()) == {"STOPPED"}
    for name in ("mariadb", "nova", "nova"):  # the second start of nova must have no effect
        supervisor.start(name)
    assert supervisor.states() == {"mariadb": "RUNNING", "nova": "RUNNING", "glance": "STOPPED"}
    supervisor.stop_others(excluded=["mariadb"])
    assert supervisor.states() == {"mariadb": "RUNNING", "nova": "STOPPED", "glance": "STOPPED"}
    supervisor.shutdown()
    eventually(lambda: not supervisor.is_running())


def test_error_has_the_fault_of_supervisord(supervisor: Supervisor) -> None:
    with pytest.raises(CloudError, match="supervisord cannot start cinder: BAD_NAME: cinder"):
        supervisor.start("cinder")
