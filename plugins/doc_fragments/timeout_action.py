# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the modules that act when a live migration exceeds its timeout."""

from __future__ import annotations


class ModuleDocFragment:
    """What happens to migrations that exceed the timeout."""

    DOCUMENTATION = r"""
options:
  on_timeout:
    description:
      - What to do with migrations that are running when O(timeout) is over.
      - V(fail) does not stop the migrations. Their outcome is V(timeout).
      - V(abort) aborts the migrations and waits until they are V(cancelled) and the servers are usable again. To abort
        a migration in V(queued) or V(preparing), Nova needs microversion 2.65 (Rocky).
      - V(force_complete) forces running migrations to complete, which may pause the servers for a moment. A migration
        that is not running yet is forced when it runs within O(settle_timeout).
    type: str
    choices: [fail, abort, force_complete]
    default: fail
  reset_state:
    description:
      - Some releases of Nova, such as 34 (2026.2), leave a server in ERROR when its live migration is aborted during
        the copy, although the guest continues to run on the source host. With V(true) the state of such a server is
        reset to ACTIVE, if it was ACTIVE before.
      - By Nova's default policies, only administrators may do this.
    type: bool
    default: false
  read_progress:
    description:
      - Whether to read each second how much of the memory and disks has been copied, with one request per running
        migration.
      - By Nova's default policies, only administrators may read this. For other users nothing is read.
    type: bool
    default: false
"""
