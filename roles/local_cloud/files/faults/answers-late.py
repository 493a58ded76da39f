# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each answer of the Compute API comes 2 s late, after the request took effect.

As from a cloud under load. A check must neither take it for an error nor count it against the
live migration itself. The version document at / comes at once.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PROGRAMS = ("nova",)
MODULE = "nova.wsgi.osapi_compute"
SECONDS = 2


def put_into(module: Any) -> None:
    """Hold each answer back."""
    application = module.application

    def late(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        # gunicorn sends nothing, not even the status, before this function returns
        answer: Iterable[bytes] = application(environ, start_response)
        if environ["PATH_INFO"] != "/":
            time.sleep(SECONDS)
        return answer

    module.application = late
