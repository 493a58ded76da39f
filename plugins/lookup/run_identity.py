# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: run_identity
short_description: Make the metadata that identifies the servers of a run
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Creates metadata for the servers that a run boots.
  - The metadata of the servers contains the id of the run, and the time at which the run ends at the latest.
  - The metadata contains the id of the Ansible process, to detect whether the run has ended.
  - The test P(stackproof.migration.abandoned#test) uses this metadata to find orphaned servers of earlier runs.
options:
  _terms:
    description: Id of the run. By default, the lookup creates a new id from the time and six random digits.
    type: list
    elements: str
    default: []
  max_seconds:
    description: The longest possible duration of the run in seconds.
    type: int
    default: 3600
"""

EXAMPLES = r"""
- name: Boot servers that a later run can find if this run is killed
  stackproof.migration.server_batch:
    name: probe
    image: cirros
    flavor: m1.tiny
    metadata: "{{ lookup('stackproof.migration.run_identity', 'nightly-17', max_seconds=1800) }}"

- name: Set the id of this run
  ansible.builtin.set_fact:
    run: "{{ lookup('stackproof.migration.run_identity') }}"
"""

RETURN = r"""
_raw:
  description: The metadata of the servers.
  type: list
  elements: dict
  sample:
    - stackproof_run: nightly-17
      stackproof_run_owner: "0f3a1c5b7d9e2f40:4711:1234567"
      stackproof_run_until: "2026-04-01T10:30:00+00:00"
"""

import datetime as dt
import multiprocessing
import os
import secrets
from typing import Any

from ansible.plugins.lookup import LookupBase
from ansible_collections.stackproof.migration.plugins.module_utils._module.run_owner import (
    OWNER_KEY,
    RUN_KEY,
    UNTIL_KEY,
    owner_of,
)


class LookupModule(LookupBase):
    """Creates the metadata of a run. If the caller passes no run id, the lookup creates a new id."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[dict[str, str]]:
        self.set_options(var_options=variables, direct=kwargs)  # type: ignore[no-untyped-call]  # not annotated
        seconds = self.get_option("max_seconds")  # type: ignore[no-untyped-call]  # not annotated
        now = dt.datetime.now(dt.UTC)
        until = now + dt.timedelta(seconds=seconds)
        # A lookup runs in a child process that ends with the task, so use the id of the parent process.
        parent = multiprocessing.parent_process()
        owner = owner_of(os.getpid() if parent is None or parent.pid is None else parent.pid)
        common = {UNTIL_KEY: until.isoformat(timespec="seconds")}
        if owner is not None:
            common[OWNER_KEY] = str(owner)
        return [{RUN_KEY: str(term), **common} for term in terms or [f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"]]
