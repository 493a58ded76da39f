# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the modules that follow migrations to their end."""

from __future__ import annotations


class ModuleDocFragment:
    """What happens at the end, and when there is none."""

    DOCUMENTATION = r"""
options:
  settle_timeout:
    description:
      - Seconds to wait for the cloud to agree with itself after a migration ended, was aborted or forced. Nova writes
        V(completed) before it has deleted the source's allocations, for example.
    type: int
    default: 30
  events:
    description:
      - Of which migrations to read the events of the instance action, which costs a request for each; V(all), or only
        of those that did not go well (V(failed)), whose reason they tell.
    type: str
    choices: [all, failed]
    default: all
  progress_file:
    description:
      - A file to which a line is added every 10 seconds, that tells how many migrations are done, run, are queued or
        failed, and the rate. Where the module runs on the machine of Ansible itself the lines are shown as they come,
        and there is no need to name a file.
    type: path
  verify:
    description:
      - Whether a completed migration is checked against the server, its host and Placement before it counts as
        V(completed).
    type: bool
    default: true
"""
