# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""A base class for clients of services that the user may not be allowed to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CatalogError,
    CloudError,
    ForbiddenError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

T = TypeVar("T")

# Requests whose results only add checks are repeated for this many seconds. A longer wait delays all other checks.
RETRY_SECONDS = 5.0


class RestrictedService:
    """Reads a service whose values only some users can see.

    For other users, the methods return None, and the attribute `hidden` contains the reason.
    """

    # After one of these errors, the user cannot see the values of the service.
    hiding_errors: ClassVar[tuple[type[CloudError], ...]] = (ForbiddenError, CatalogError)

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.hidden: str | None = None
        # The message of an error that is no matter of permissions, for example of a service that does not answer.
        self.problem: str | None = None

    def _if_visible(self, read: Callable[[], T]) -> T | None:
        if self.hidden is not None:
            return None
        try:
            return read()
        except self.hiding_errors as error:
            self.hidden = error.failure.message
            if not isinstance(error, RestrictedService.hiding_errors):
                self.problem = error.failure.message
            return None
