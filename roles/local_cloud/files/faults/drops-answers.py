# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One of ten responses of the Compute API is never delivered, although the request took effect.

A client must not repeat the request for a live migration after this fault.
"""

from __future__ import annotations

import itertools
import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PROGRAMS = ("nova",)
MODULE = "nova.wsgi.osapi_compute"
EVERY = 10


def patch_module(module: Any) -> None:
    application = module.application
    requests = itertools.count(1)

    def dropping(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer: Iterable[bytes] = application(environ, start_response)
        if environ["PATH_INFO"] != "/" and next(requests) % EVERY == 0:
            # The connection closes before the client gets an answer.
            environ["gunicorn.socket"].shutdown(socket.SHUT_RDWR)
        return answer

    module.application = dropping
