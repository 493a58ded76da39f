# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the modules that monitor migrations."""

from __future__ import annotations


class ModuleDocFragment:
    """How a migration is monitored and verified."""

    DOCUMENTATION = r"""
options:
  settle_timeout:
    description:
      - Seconds to wait for consistent records after a migration has ended, was aborted or was forced to complete. For
        example, Nova sets the status V(completed) before it deletes the allocations of the source host.
    type: int
    default: 30
  events:
    description:
      - Selects the migrations whose events of the instance action are read. Each migration needs one request.
      - V(all) reads the events of all migrations. V(failed) reads them only for migrations whose outcome is not good.
    type: str
    choices: [all, failed]
    default: all
  progress_file:
    description:
      - Path of a file to which the module adds a line every 10 seconds, with the number of migrations that are
        completed, running, queued and failed, and the rate.
      - When the module runs on the machine of Ansible, this option is not needed, because Ansible displays these lines.
    type: path
  verify:
    description:
      - Whether a migration must agree with the server, its compute host and Placement before its outcome is
        V(completed).
    type: bool
    default: true
"""
