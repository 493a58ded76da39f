# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read the servers of a whole cloud, with several requests at the same time.

A page starts after a marker, which is the last server of the page before. Nova needs about 5 ms for each server in a
list with details, and 1 ms in a list without details. Therefore the list without details finds the markers, and the
pages with details are then read at the same time.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import SERVER_IDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.answers import JsonObject
    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import MicroversionRequirement

Page = list[dict[str, Any]]

# Nova needs between 1 s and 2 s for a page of this size. A large page could time out if many requests run.
PAGE_SIZE = 250
# By default, Nova returns at most this number of servers (max_limit).
_IDS_PER_PAGE = 1000
_SERVERS = "servers"


class ServerPages:
    """The pages of a list of servers with details.

    ``take`` receives each page. Several threads call it at the same time. If servers are deleted during the list, two
    pages can contain the same server.
    """

    def __init__(
        self,
        cloud: Cloud,
        what: str,
        take: Callable[[Page], None],
        *,
        need: MicroversionRequirement,
        params: Mapping[str, str],
    ) -> None:
        self.cloud = cloud
        self._what = what
        self._take = take
        self._need = need
        self._params = dict(params)

    def read_first(self) -> Iterator[Callable[[], None]]:
        """Read the first page, and return the reads of all other pages.

        The iterator sends the requests for the markers.
        """
        body = self._read("/servers/detail", self._need, PAGE_SIZE, None)
        page = self._taken(body)
        return self._others(str(page[-1]["id"])) if page and _has_next(body) else iter(())

    def _others(self, marker: str) -> Iterator[Callable[[], None]]:
        more = True
        while more:
            body = self._read("/servers", SERVER_IDS, _IDS_PER_PAGE, marker)
            ids = [str(server["id"]) for server in body.objects(_SERVERS)]
            for start in range(0, len(ids), PAGE_SIZE):
                part = ids[start : start + PAGE_SIZE]
                yield partial(self._read_part, marker, part)
                marker = part[-1]
            more = bool(ids) and _has_next(body)

    def _read_part(self, marker: str, ids: Sequence[str]) -> None:
        """Read the servers ``ids``, which follow the server ``marker``.

        Nova can return fewer servers than requested (max_limit).
        """
        known = frozenset(ids)
        while True:
            body = self._read("/servers/detail", self._need, len(ids), marker)
            page = self._taken(body)
            if not page or not _has_next(body):
                return
            marker = str(page[-1]["id"])
            # If servers were deleted in the meantime, the page ends with a server of the next part.
            if marker == ids[-1] or marker not in known:
                return

    def _taken(self, body: JsonObject) -> Sequence[Mapping[str, Any]]:
        page = body.objects(_SERVERS)
        self._take(list(page))
        return page

    def _read(self, path: str, need: MicroversionRequirement, limit: int, marker: str | None) -> JsonObject:
        params = {**self._params, "limit": str(limit), **({} if marker is None else {"marker": marker})}
        return self.cloud.get(path, self._what, need=need, params=params)


def _has_next(body: JsonObject) -> bool:
    links = body.objects("servers_links") if body.get("servers_links") else []
    return "next" in {link.get("rel") for link in links}
