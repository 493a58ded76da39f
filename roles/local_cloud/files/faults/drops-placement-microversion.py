# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy in front of Placement removes the microversion of each request of the collection.

With this fault for tests, Placement answers the collection in microversion 1.0.

Nova does not use the proxy, so the requests of Nova do not change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PROGRAMS = ("placement",)
MODULE = "placement.wsgi.api"
CLIENT = "stackproof.migration"
HEADER = "HTTP_OPENSTACK_API_VERSION"


def patch_module(module: Any) -> None:
    application = module.application

    def dropping(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if CLIENT in environ.get("HTTP_USER_AGENT", ""):
            environ.pop(HEADER, None)
        answer: Iterable[bytes] = application(environ, start_response)
        return answer

    module.application = dropping
