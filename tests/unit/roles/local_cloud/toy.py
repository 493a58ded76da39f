# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud of toy programs, and a function that waits for real processes."""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from typing import TYPE_CHECKING, Any

from cloudctl.lifecycle import Cloud
from cloudctl.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cloudctl.layout import Layout


@dataclasses.dataclass(frozen=True)
class Toy:
    """A cloud of toy programs; see toy_program.py."""

    order: dict[str, Any]
    layout: Layout
    said: list[str] = dataclasses.field(default_factory=list)
    cancelled: threading.Event = dataclasses.field(default_factory=threading.Event)

    def cloud(self, **changes: object) -> Cloud:
        return Cloud(Settings.from_json(json.dumps(self.order | changes)), self.said.append, self.cancelled)

    def tell(self, what: str) -> Path:
        """Create a file that changes the behaviour of a program. Return its path. To undo this, delete the file."""
        (self.layout.top / "told" / what).touch()
        return self.layout.top / "told" / what

    def told(self, program: str) -> list[dict[str, Any]]:
        """Return the orders that a program has received."""
        return [json.loads(path.read_text()) for path in sorted((self.layout.top / "told").glob(f"{program}*.json"))]


def eventually(so: Callable[[], bool]) -> None:
    """Poll until ``so`` returns true.

    The timeout is 60 s, because a machine may be overloaded.
    """
    deadline = time.monotonic() + 60
    while not so():
        assert time.monotonic() < deadline, "the condition is not true after 60 s"
        time.sleep(0.02)
