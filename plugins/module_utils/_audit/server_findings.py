# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Pure functions that find servers, migration records and compute services that earlier migrations left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._audit import progress
from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import (
    CERTAIN,
    LIKELY,
    NO,
    RECORD_OPEN,
    RESIZE_WAITS,
    SERVER_ERROR,
    SERVER_MIGRATING,
    SERVICE_WITHOUT_REASON,
    Finding,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import key_of
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import UNCONFIRMED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import (
        AuditServer,
        Record,
        Snapshot,
    )

_ERROR = "ERROR"
_MIGRATING = "MIGRATING"
# The status of an instance whose cell does not answer, so the audit knows nothing about it.
_UNKNOWN = "UNKNOWN"
_ABORTABLE = ("queued", "preparing", "running")


def find(now: Snapshot) -> Iterator[Finding]:
    for server in now.servers.values():
        if server.status == _UNKNOWN:
            continue
        finding = _of_server(server, now)
        if finding is not None:
            yield finding.about(server)
    yield from _records(now)
    yield from _services(now)


def record_evidence(record: Record | None) -> dict[str, Any]:
    """Return the values of a record that a finding shows."""
    if record is None:
        return {"record": None}
    shown = ("type", "status", "source", "destination", "created", "updated")
    return {"record": key_of(record), **{f"record_{name}": record[name] for name in shown}}


def _of_server(server: AuditServer, now: Snapshot) -> Finding | None:
    if server.status == _ERROR:
        return _error(server, now)
    if server.status == progress.WAITS:
        return _waits(server, now)
    if server.status == _MIGRATING or server.task_state == "migrating":
        return _migrating(server, now)
    return None


def _error(server: AuditServer, now: Snapshot) -> Finding | None:
    records = now.records_of(server.id)
    # The bulk read does not contain every record, so the second read decides about this server.
    if (now.all_records and not records) or not all(progress.is_settled(record, now) for record in records):
        return None
    last = records[-1] if records else None
    status = f"Its last migration record has the status {last['status']}." if last else "It has a migration record."
    reason = now.reasons.get(server.id) or server.fault
    return Finding(
        kind=SERVER_ERROR,
        subject=server.id,
        message=f"The server is in ERROR. {status}" + (f" Nova's reason: {_sentence(reason)}" if reason else ""),
        effect="Nova refuses to live-migrate a server in ERROR.",
        blocks=CERTAIN,
        remedy=(
            f"Check whether the guest runs on {server.host or 'a host'}. If the guest runs, reset the state of the"
            " server. Otherwise reboot the server with `openstack server reboot --hard`, or rebuild it."
        ),
        command=f"openstack server set --state active {server.id}",
        since=(progress.changed(last) if last else None) or server.updated,
        host=server.host,
        evidence={"status": server.status, "task_state": server.task_state, **record_evidence(last)},
    )


def _waits(server: AuditServer, now: Snapshot) -> Finding:
    waiting = [record for record in now.records_of(server.id) if record["status"] == UNCONFIRMED]
    record = waiting[-1] if waiting else None
    # A resize can also change the flavor on the same host.
    what = "resize" if record is not None and record["type"] == "resize" else "cold migration"
    source = record["source"] if record else None
    return Finding(
        kind=RESIZE_WAITS,
        subject=server.id,
        message=f"The {what} of the server waits for its confirmation.",
        effect="Nova refuses to migrate the server, and keeps its resources on the source host allocated.",
        blocks=CERTAIN,
        remedy="Confirm it if the server works. `openstack server resize revert` returns to the source.",
        command=f"openstack server resize confirm {server.id}",
        since=progress.changed(record) if record else server.updated,
        host=server.host,
        evidence={"status": server.status, "source": source, **record_evidence(record)},
    )


def _migrating(server: AuditServer, now: Snapshot) -> Finding | None:
    records = now.records_of(server.id)
    last = records[-1] if records else None
    open_records = [record for record in records if progress.is_open(record)]
    if not all(progress.never_ends(record, server, now) for record in open_records):
        return None
    if not all(progress.is_settled(record, now) for record in records):
        return None
    age = now.age(server.updated)
    if not records and age is not None and age < now.settle:
        return None
    down = now.down(server.host, *((last["source"], last["destination"]) if last else ()))
    return Finding(
        kind=SERVER_MIGRATING,
        subject=server.id,
        message=f"The server is in {server.status}, but no migration makes progress. {_state(last, down)}".rstrip(),
        effect="Nova refuses each further migration of the server.",
        blocks=CERTAIN,
        remedy=_migrating_remedy(server, last, down),
        command=_abort_command(server, last)
        if last is not None and last["status"] in _ABORTABLE and not down
        else f"openstack server set --state active {server.id}",
        since=(progress.changed(last) if last else None) or server.updated,
        host=server.host,
        evidence={"status": server.status, "task_state": server.task_state, **record_evidence(last)},
    )


def _migrating_remedy(server: AuditServer, last: Record | None, down: list[str]) -> str:
    if down:
        return f"Start nova-compute on {', '.join(down)}. If the server stays in {server.status}, reset its state."
    if last is not None and last["status"] in _ABORTABLE:
        return (
            "Abort the migration. If Nova refuses, find the host on which the guest runs, and reset the state of the"
            " server with `openstack server set --state active`."
        )
    return f"Check that the guest runs on {server.host or 'the host of the server'}, and reset the state of the server."


def _abort_command(server: AuditServer, record: Record) -> str:
    return f"openstack server migration abort {server.id} {record['id']}"


def _state(record: Record | None, down: list[str]) -> str:
    parts = [] if record is None else [f"Its last migration record has the status {record['status']}."]
    return " ".join([*parts, *([f"nova-compute is down on {', '.join(down)}."] if down else [])])


def _records(now: Snapshot) -> Iterator[Finding]:
    for record in now.records:
        server = now.servers.get(record["server_id"])
        if server is None and not now.all_servers:
            continue
        if server is not None and (server.status in (_MIGRATING, _UNKNOWN) or server.task_state == "migrating"):
            continue
        if progress.is_open(record) and progress.never_ends(record, server, now):
            yield _record(record, server, now).about(server)


def _record(record: Record, server: AuditServer | None, now: Snapshot) -> Finding:
    key = key_of(record)
    noun = str(record["type"] or "migration").replace("-", " ")
    if progress.waits_for_source(record):
        return Finding(
            kind=RECORD_OPEN,
            subject=key,
            message=f"The {noun} ended, but nova-compute on {record['source']} has not started again since then.",
            effect=f"Placement keeps the allocations of the server on {record['source']}, and Nova refuses to unset"
            " forced down for this host.",
            blocks=NO,
            remedy=f"Start nova-compute on {record['source']}. It deletes the old guest and its allocations.",
            command=f"openstack compute service list --host {record['source']} --service nova-compute",
            since=progress.changed(record),
            server_id=record["server_id"],
            host=record["source"],
            evidence=record_evidence(record),
        )
    state = "no longer exists" if server is None else f"is {server.status} on {server.host or 'an unknown host'}"
    down = now.down(record["source"], record["destination"])
    hosts = f" nova-compute is down on {', '.join(down)}." if down else ""
    return Finding(
        kind=RECORD_OPEN,
        subject=key,
        message=f"The record of a {noun} has the status {record['status']} and does not end. Its server {state}."
        f"{hosts}",
        effect="Nova counts the migration as in progress. Tools that wait for running migrations wait for it, and Nova"
        " refuses to delete the compute service of its hosts.",
        blocks=NO,
        remedy="The API cannot end this record. First check that no migration of the server runs. Then set its status"
        " in the cell database.",
        command=f"UPDATE migrations SET status = 'error' WHERE uuid = '{key}';",  # noqa: S608  # the audit shows the statement and does not run it
        since=progress.changed(record),
        server_id=record["server_id"],
        host=record["source"],
        evidence={"status": None if server is None else server.status, **record_evidence(record)},
    )


def _services(now: Snapshot) -> Iterator[Finding]:
    for host, service in sorted((now.services or {}).items()):
        if service["status"] != "disabled" or str(service["disabled_reason"] or "").strip():
            continue
        yield Finding(
            kind=SERVICE_WITHOUT_REASON,
            subject=host,
            message=f"The compute service of {host} is disabled without a reason.",
            effect="The scheduler places no server on this host. Servers can still leave it.",
            blocks=LIKELY,
            remedy="Enable the service if its maintenance has ended. Otherwise disable it again, with a reason.",
            command=f"openstack compute service set --enable {host} nova-compute",
            host=host,
            evidence={"status": service["status"], "state": service["state"], "forced_down": service["forced_down"]},
        )


def _sentence(text: str) -> str:
    words = " ".join(text.split())
    return words if words.endswith((".", "!", "?")) else f"{words}."
