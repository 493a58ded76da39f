# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the modules that may step in when a live migration takes too long."""

from __future__ import annotations


class ModuleDocFragment:
    """What happens when there is no end."""

    DOCUMENTATION = r"""
options:
  on_timeout:
    description:
      - What to do with the migrations that still go on when O(timeout) is over.
      - V(fail) leaves them alone and reports them with outcome V(timeout).
      - V(abort) aborts them and waits until they are V(cancelled) and the servers usable again. Aborting one that
        waits in V(queued) or V(preparing) needs microversion 2.65 (Rocky).
      - V(force_complete) has those that run completed at once, which may pause the servers for a moment. One that has
        not begun yet cannot be forced; it is forced as soon as it runs within O(settle_timeout).
    type: str
    choices: [fail, abort, force_complete]
    default: fail
  reset_state:
    description:
      - Nova 34 (2026.2), and perhaps others, leaves a server in ERROR when its live migration is aborted while it
        copies, although the guest goes on unharmed where it was. With V(true) such a server is set back to ACTIVE, if
        it was ACTIVE before.
      - For administrators by Nova's default policies.
    type: bool
    default: false
  read_progress:
    description:
      - Whether it is read each second what the migrations that run have copied, which costs a request for each.
      - For administrators by Nova's default policies; for others nothing is read.
    type: bool
    default: false
"""
