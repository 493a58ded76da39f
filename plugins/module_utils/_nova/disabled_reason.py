# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: a stamp in a compute service's disabled reason, since when it is disabled. Nova itself does not tell.

What is drained from a host, interrupted and begun again, or brought back another day, is found by it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError

# What Nova's schema of PUT /os-services takes.
LONGEST = 255
# So begins what nova-compute writes that has disabled itself. It would enable itself again by just these words.
BY_NOVA = "AUTO:"
_FORM = "%Y-%m-%dT%H:%M:%SZ"
_BEFORE = ", disabled before"
_STAMP = re.compile(rf"^(?P<text>.*?)\s*\[since (?P<since>[0-9T:-]+Z)(?P<before>{_BEFORE})?\]$", re.DOTALL)


@dataclass(frozen=True)
class Reason:
    """A disabled reason, taken apart."""

    text: str
    since: datetime | None = None
    # Whether somebody else had disabled the service before the stamp was put there
    before: bool = False

    @property
    def moment(self) -> str | None:
        """Since when, in ISO 8601 and UTC."""
        return None if self.since is None else self.since.astimezone(UTC).strftime(_FORM)

    def __str__(self) -> str:
        """As it stands in Nova."""
        if self.since is None:
            return self.text
        stamp = f"[since {self.moment}{_BEFORE if self.before else ''}]"
        return f"{self.text} {stamp}".lstrip()


def read(reason: str | None) -> Reason:
    """Take a disabled reason apart; what does not look like a stamp is text."""
    found = _STAMP.match(reason or "")
    if found is None:
        return Reason(reason or "")
    try:
        since = datetime.strptime(found["since"], _FORM).replace(tzinfo=UTC)
    except ValueError:
        return Reason(reason or "")
    return Reason(found["text"], since, found["before"] is not None)


def wanted(current: str | None, *, disabled: bool, text: str, stamped: bool, now: datetime) -> str:
    """The reason that a service must bear once it is disabled.

    A stamp that is there already is kept with its text, and somebody else's words are not overwritten by a stamp.
    """
    there = read(current)
    if stamped and disabled and there.since is not None:
        return str(current)
    if stamped:
        others = there.text if disabled and not there.text.startswith(BY_NOVA) else ""
        own = others or text
        reason = str(Reason(own, now, before=disabled))
    else:
        reason = text or (str(there) if disabled else "")
    if len(reason) > LONGEST:
        raise InputError(f"reason: Nova takes {LONGEST} characters, and this has {len(reason)}: {reason}")
    return reason
