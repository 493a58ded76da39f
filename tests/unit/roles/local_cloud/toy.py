# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud of toy programs, and the patience that tests of real processes need."""

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
        """Change how a program behaves; taking the file away undoes it."""
        (self.layout.top / "told" / what).touch()
        return self.layout.top / "told" / what

    def told(self, program: str) -> list[dict[str, Any]]:
        """The orders that a program has got."""
        return [json.loads(path.read_text()) for path in sorted((self.layout.top / "told").glob(f"{program}*.json"))]


def eventually(so: Callable[[], bool]) -> None:
    """Poll until something is so; twenty seconds are for busy machines."""
    deadline = time.monotonic() + 20
    while not so():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.02)
