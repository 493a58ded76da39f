# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.bench.access_log import AccessLogs, Requests, count, read

if TYPE_CHECKING:
    from pathlib import Path

SERVER = "f19c3ea8-5f06-4df5-9f59-13f12ce13546"
OURS = "stackproof.migration openstacksdk/4.22.0 keystoneauth1/5.18.1"
LINES = [
    f'[21/Nov/2026:12:24:41 +0000] 200 GET /servers/{SERVER}? 212ms "req-1" "{OURS}"',
    f'[21/Nov/2026:12:24:41 +0000] 200 GET /os-migrations?instance_uuid={SERVER}&limit=1 56ms "req-2" "{OURS}"',
    f'[21/Nov/2026:12:24:42 +0000] 202 POST /servers/{SERVER}/action? 149ms "req-3" "{OURS}"',
    f'[21/Nov/2026:12:24:42 +0000] 200 GET /os-migrations?changed-since=2026 48ms "req-4" "{OURS}"',
    f'[21/Nov/2026:12:24:43 +0000] 200 GET /servers/{SERVER}? 9ms "req-5" "openstacksdk/4.22.0 keystoneauth1/5.18.1"',
    f'[21/Nov/2026:12:24:43 +0000] 200 GET /allocations/{SERVER}? 9ms "-" "nova-compute keystoneauth1/5.18.1"',
    "not a line of an access log",
]


def test_counts_requests_by_client() -> None:
    requests = read("nova", LINES)
    assert len(requests) == len(LINES) - 1
    assert count(requests, ("stackproof.migration",), [SERVER]) == Requests(named=3, others=1)
    assert count(requests, ("openstacksdk/",), [SERVER]) == Requests(named=1, others=0)
    assert count(requests, ("stackproof.migration",), []).total == 4


def test_returns_requests_after_a_mark(tmp_path: Path) -> None:
    log = tmp_path / "nova-access.log"
    log.write_text(f"{LINES[0]}\n", encoding="utf-8")
    logs = AccessLogs(tmp_path)
    mark = logs.mark()
    assert logs.since(mark) == []
    with log.open("a", encoding="utf-8") as out:
        out.write(f"{LINES[3]}\n")
    # A service creates its log when it gets its first request.
    (tmp_path / "placement-access.log").write_text(f"{LINES[5]}\n", encoding="utf-8")
    assert [(one.service, one.target) for one in logs.since(mark)] == [
        ("nova", "/os-migrations?changed-since=2026"),
        ("placement", f"/allocations/{SERVER}?"),
    ]
