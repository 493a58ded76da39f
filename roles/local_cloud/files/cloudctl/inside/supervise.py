# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""supervisord 4.3.0, less a fault of it that takes a whole processor at times.

It goes on polling the number of a connection that has ended. When a pipe gets that number next, and it is the standard
input of a program that has closed it (MariaDB does), each poll returns at once with an error, which supervisord passes
over: it polls again, for ever. Here such a number is forgotten; what is in use is named anew for each poll.
"""

from __future__ import annotations

import select
import sys

from supervisor import poller, supervisord


class ForgettingPoller(poller.PollPoller):
    """Polls nothing twice that has told of an error and nothing else."""

    def _ignore_invalid(self, fd: int, eventmask: int) -> bool:
        if eventmask & select.POLLERR and not eventmask & (self.READ | self.WRITE):
            eventmask |= select.POLLNVAL
        return bool(super()._ignore_invalid(fd, eventmask))


if __name__ == "__main__":
    poller.Poller = ForgettingPoller
    sys.exit(supervisord.main())
