# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The response to every seventh read request to the Compute API is HTTP 503, and the request is not executed.

This fault imitates a load balancer whose server restarts. The fault does not refuse requests that change something,
because a client that gets HTTP 503 does not know whether Nova executed such a request. See boots-unavailable.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PROGRAMS = ("nova",)
MODULE = "nova.wsgi.osapi_compute"
EVERY = 7


def patch_module(module: Any) -> None:
    application = module.application
    requests = itertools.count(1)

    def unavailable(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "GET" and environ["PATH_INFO"] != "/" and next(requests) % EVERY == 0:
            start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
            return [b"No server is available to handle this request.\n"]
        answer: Iterable[bytes] = application(environ, start_response)
        return answer

    module.application = unavailable
