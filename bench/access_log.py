# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Count the requests to the APIs in the access logs of the local cloud."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

SERVICES = ("keystone", "nova", "placement", "neutron", "glance", "cinder")
# The file roles/local_cloud/files/cloudctl/config/gunicorn.py.j2 defines the format of these log lines.
_LINE = re.compile(
    r"^\[[^]]*\] (?P<status>\d+) (?P<method>[A-Z]+) (?P<target>\S*) \d+ms \"[^\"]*\" \"(?P<agent>[^\"]*)\"$"
)


@dataclasses.dataclass(frozen=True)
class Request:
    service: str
    method: str
    target: str
    agent: str


@dataclasses.dataclass(frozen=True)
class Requests:
    # The number of API requests whose URL contains the id of a server.
    named: int
    # The number of requests that do not name a server, such as requests for lists and tokens.
    others: int

    @property
    def total(self) -> int:
        return self.named + self.others


def read(service: str, lines: Iterable[str]) -> list[Request]:
    found = (_LINE.match(line.rstrip("\n")) for line in lines)
    return [Request(service, one["method"], one["target"], one["agent"]) for one in found if one]


def count(requests: Iterable[Request], agents: Sequence[str], ids: Iterable[str]) -> Requests:
    """Return the number of API requests that the measured tool has sent."""
    wanted = set(ids)
    own = [one for one in requests if one.agent.startswith(tuple(agents))]
    named = sum(1 for one in own if not wanted.isdisjoint(re.split(r"[/?=&,]", one.target)))
    return Requests(named, len(own) - named)


class AccessLogs:
    def __init__(self, folder: Path) -> None:
        self._paths = {service: folder / f"{service}-access.log" for service in SERVICES}

    def mark(self) -> dict[str, int]:
        """Return the length of each log file in bytes."""
        return {service: path.stat().st_size if path.exists() else 0 for service, path in self._paths.items()}

    def since(self, mark: Mapping[str, int]) -> list[Request]:
        """Return the API requests that were logged after ``mark``, a position in each access log."""
        found: list[Request] = []
        for service, path in self._paths.items():
            if path.exists():
                with path.open("rb") as log:
                    log.seek(mark[service])
                    found += read(service, log.read().decode("utf-8", "replace").splitlines())
        return found
