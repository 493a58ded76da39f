# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run supervisord 4.3.0 with a bug fix.

The unfixed supervisord polls closed file descriptors, and uses all CPU time of a core.
"""

from __future__ import annotations

import select
import sys

from supervisor import poller, supervisord


class FixedPoller(poller.PollPoller):
    """A poller for supervisord that removes file descriptors with an error."""

    def _ignore_invalid(self, fd: int, eventmask: int) -> bool:
        if eventmask & select.POLLERR and not eventmask & (self.READ | self.WRITE):
            eventmask |= select.POLLNVAL
        return bool(super()._ignore_invalid(fd, eventmask))


if __name__ == "__main__":
    poller.Poller = FixedPoller
    sys.exit(supervisord.main())
