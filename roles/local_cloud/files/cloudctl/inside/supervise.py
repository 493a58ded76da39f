# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run supervisord 4.3.0 with a fix for a bug that can use a whole processor.

supervisord keeps polling the file descriptor of a connection that has ended. The number of this descriptor may be used
again, for the standard input of a program. The program may close its standard input, as MariaDB does. Each poll then
returns at once with an error. supervisord ignores this error and polls again without end.

With the fix, supervisord stops polling a descriptor after such an error. supervisord registers each descriptor that is
in use again before each poll.
"""

from __future__ import annotations

import select
import sys

from supervisor import poller, supervisord


class ForgettingPoller(poller.PollPoller):
    """A poller that stops polling a descriptor after an event that contains only an error."""

    def _ignore_invalid(self, fd: int, eventmask: int) -> bool:
        if eventmask & select.POLLERR and not eventmask & (self.READ | self.WRITE):
            eventmask |= select.POLLNVAL
        return bool(super()._ignore_invalid(fd, eventmask))


if __name__ == "__main__":
    poller.Poller = ForgettingPoller
    sys.exit(supervisord.main())
