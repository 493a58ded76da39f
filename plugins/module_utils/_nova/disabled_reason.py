# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions for the time in the disabled reason of a compute service.

Nova does not store when a service was disabled, so the reason contains the time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError

# Nova accepts a disabled reason with at most this many characters.
LONGEST = 255
# When nova-compute disables its own service, the disabled reason starts with this prefix.
BY_NOVA = "AUTO:"
_FORM = "%Y-%m-%dT%H:%M:%SZ"
_BEFORE = ", disabled before"
_PATTERN = re.compile(rf"^(?P<text>.*?)\s*\[since (?P<since>[0-9T:-]+Z)(?P<before>{_BEFORE})?\]$", re.DOTALL)


@dataclass(frozen=True)
class Reason:
    """The disabled reason of a compute service, with a text and a time."""

    text: str
    since: datetime | None = None
    # Whether the compute service was already disabled before the module changed the reason.
    before: bool = False

    @property
    def moment(self) -> str | None:
        """Return the time in ISO 8601 format and in UTC."""
        return None if self.since is None else self.since.astimezone(UTC).strftime(_FORM)

    def __str__(self) -> str:
        if self.since is None:
            return self.text
        timestamp = f"[since {self.moment}{_BEFORE if self.before else ''}]"
        return f"{self.text} {timestamp}".lstrip()


def read(reason: str | None) -> Reason:
    """Split the disabled reason of a compute service into its text and its time."""
    found = _PATTERN.match(reason or "")
    if found is None:
        return Reason(reason or "")
    try:
        since = datetime.strptime(found["since"], _FORM).replace(tzinfo=UTC)
    except ValueError:
        return Reason(reason or "")
    return Reason(found["text"], since, found["before"] is not None)


def new_reason(current: str | None, *, disabled: bool, text: str, timestamp: bool, now: datetime) -> str:
    """Return the new disabled reason of a compute service.

    ``current`` is the present reason, and its text is kept. ``disabled`` is true if the service is already disabled.
    Raise InputError if the new reason is too long for Nova.
    """
    present = read(current)
    if timestamp and disabled and present.since is not None:
        return str(current)
    if timestamp:
        kept = present.text if disabled and not present.text.startswith(BY_NOVA) else ""
        reason = str(Reason(kept or text, now, before=disabled))
    else:
        reason = text or (str(present) if disabled else "")
    if len(reason) > LONGEST:
        raise InputError(
            f"reason has {len(reason)} characters, and Nova accepts {LONGEST}. Shorten it. The reason is: {reason}"
        )
    return reason
