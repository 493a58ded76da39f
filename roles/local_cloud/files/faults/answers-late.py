# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each response of the Compute API comes 2 s late, after the request took effect.

Tests use this fault to find checks that report the delay as an error.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PROGRAMS = ("nova",)
MODULE = "nova.wsgi.osapi_compute"
SECONDS = 2


def patch_module(module: Any) -> None:
    """Delay each response."""
    application = module.application

    def late(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer: Iterable[bytes] = application(environ, start_response)
        if environ["PATH_INFO"] != "/":
            time.sleep(SECONDS)
        return answer

    module.application = late
