# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The response to each boot request is HTTP 503, and the request is not executed.

A client does not know whether Nova executed the request, so it must not repeat the request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PROGRAMS = ("nova",)
MODULE = "nova.wsgi.osapi_compute"


def patch_module(module: Any) -> None:
    application = module.application

    def unavailable(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].endswith("/servers"):
            start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
            return [b"No server is available to handle this request.\n"]
        answer: Iterable[bytes] = application(environ, start_response)
        return answer

    module.application = unavailable
