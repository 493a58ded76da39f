# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy in front of the Compute API removes the microversion from each request.

A client must check the microversion of each response.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PROGRAMS = ("nova",)
MODULE = "nova.wsgi.osapi_compute"
HEADERS = ("HTTP_OPENSTACK_API_VERSION", "HTTP_X_OPENSTACK_NOVA_API_VERSION")


def patch_module(module: Any) -> None:
    application = module.application

    def dropping(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        for header in HEADERS:
            environ.pop(header, None)
        answer: Iterable[bytes] = application(environ, start_response)
        return answer

    module.application = dropping
