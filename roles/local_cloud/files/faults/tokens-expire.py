# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Compute API refuses each token 2 s after its first use.

This fault tests that a client gets a new token when its token has expired.
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
    """Add a filter to the service that refuses each token SECONDS after its first use."""
    application = module.application
    first_seen: dict[str, float] = {}

    def expiring(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        token, now = environ.get("HTTP_X_AUTH_TOKEN"), time.monotonic()
        if token and now - first_seen.setdefault(token, now) > SECONDS:
            keystone = module.wsgi_app.CONF.keystone_authtoken.www_authenticate_uri
            challenge = ("WWW-Authenticate", f'Keystone uri="{keystone}"')
            start_response("401 Unauthorized", [("Content-Type", "text/plain"), challenge])
            return [b"The request you have made requires authentication.\n"]
        answer: Iterable[bytes] = application(environ, start_response)
        return answer

    module.application = expiring
