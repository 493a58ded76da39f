# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that apply when a live migration exceeds its timeout."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  on_timeout:
    description:
      - What to do with a migration that is still running when its O(timeout) is over.
      - With V(fail), the migration continues in Nova, and its outcome is V(timeout).
      - V(abort) aborts the migration. The module then waits until the status is V(cancelled) and the server is usable
        again. The cloud needs microversion 2.65 (Rocky) to abort a migration with the status V(queued) or V(preparing).
      - V(force_complete) forces the migration to complete. Nova may pause the server for a moment. If the migration is
        not running yet, the module first waits until it is running, but not longer than O(settle_timeout).
    type: str
    choices: [fail, abort, force_complete]
    default: fail
  reset_state:
    description:
      - Whether the module sets a server in ERROR back to ACTIVE after it aborted the live migration of this server.
      - The module resets the state of a server only if the server was ACTIVE before its migration.
      - Some Nova releases, such as 34 (2026.2), set the status ERROR if the migration is aborted during the copy. The
        guest still runs on the source host.
      - By Nova's default policies, only administrators may reset the state of a server.
    type: bool
    default: false
  read_progress:
    description:
      - Whether to read once per second how much memory and disk Nova has copied. The module sends one request per
        second for each running migration.
      - By Nova's default policies, only administrators may read how much Nova has copied. For other users, this option
        has no effect.
    type: bool
    default: false
"""
