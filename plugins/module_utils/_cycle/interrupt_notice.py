# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Print which servers remain in the cloud if Ctrl-C interrupts Ansible.

Ansible does not run ``rescue`` and ``always`` after Ctrl-C, so the process prints the notice when it exits.
"""

from __future__ import annotations

import atexit
import json
import os
import shlex
import sys
from typing import Any

from ansible_collections.stackproof.migration.plugins.module_utils._module.run_owner import RUN_KEY

# The notices of all runs that have not ended. The keys are run ids.
_open_runs: dict[str, str] = {}


def notice_of(run_id: str, cloud: Any, *, scenarios: bool = False) -> str:
    """Return the notice that tells the user how to delete the resources of an interrupted run.

    A dictionary in ``cloud`` can contain secrets, so the notice omits the dictionary. With ``scenarios``, the run is
    one of the role migration_scenarios, which creates more than servers.
    """
    options: dict[str, Any] = {"state": "absent", "metadata": {RUN_KEY: run_id}}
    if scenarios:
        options = {"state": "absent", "run_ids": [run_id]}
    named = isinstance(cloud, str) and bool(cloud)
    if named:
        options = {"cloud": cloud, **options}
    module, kind, left = "server_batch", "", "the remaining servers"
    if scenarios:
        module, kind, left = "migration_scenarios", " of scenarios", "what remains"
    command = f"ansible localhost -m stackproof.migration.{module} -a {shlex.quote(json.dumps(options))}"
    settings = "" if named else " with the settings of the cloud"
    return (
        f"Run {run_id} was interrupted. The next run{kind} on this cloud deletes {left}."
        f" To delete {'it' if scenarios else 'the servers'} now{settings}:\n  {command}\n"
    )


def start_run(run_id: str, cloud: Any, *, scenarios: bool = False) -> None:
    """Print a notice about remaining resources if Ansible exits during the run."""
    if not _open_runs:
        atexit.register(_print_notices, os.getpid())
    _open_runs[run_id] = notice_of(run_id, cloud, scenarios=scenarios)


def end_run(run_id: str) -> None:
    _open_runs.pop(run_id, None)


def _print_notices(pid: int) -> None:
    """Print the notices of this process, but not in its child processes."""
    if os.getpid() == pid:
        for notice in _open_runs.values():
            sys.stderr.write(notice)
        _open_runs.clear()
