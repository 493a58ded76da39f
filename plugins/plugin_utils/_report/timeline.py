# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions for the timeline of one migration in the report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.chart import (
    Bar,
    Scale,
    TimelineEntry,
    TimelineRow,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.downtime import (
    downtime_entries,
    downtime_rows,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timestamps import (
    format_time,
    lag,
    parse_time,
    record_updated,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

# Events in the same second have the order of this dictionary.
PHASES = {
    "conductor_live_migrate_instance": "Conductor",
    "compute_check_can_live_migrate_destination": "Check on destination",
    "compute_check_can_live_migrate_source": "Check on source",
    "compute_live_migration": "Start on source",
    "compute_pre_live_migration": "Prepare destination",
    "compute__post_live_migration": "Post on source",
    "compute_post_live_migration_at_destination": "Post on destination",
    "compute__rollback_live_migration": "Roll back on source",
    "compute_rollback_live_migration_at_destination": "Roll back on destination",
}
BEFORE_COPY = ("compute_live_migration", "compute_pre_live_migration")
AFTER_COPY = "compute_post_live_migration_at_destination"
BAD_STATUSES = frozenset({"error", "failed"})
NOVA_COUNTS_IN = timedelta(seconds=1)


@dataclass(frozen=True)
class Timeline:
    """The rows and the grid lines of the chart that shows a migration over time."""

    nova: tuple[TimelineRow, ...]
    observed: tuple[TimelineRow, ...]
    lag: Bar | None
    grid: tuple[tuple[float, str], ...]
    entries: tuple[TimelineEntry, ...]


def timeline(
    migration: Mapping[str, Any], polls: Sequence[str], max_marks: int, guest: Mapping[str, Any] | None = None
) -> Timeline | None:
    """Return the timeline of one migration. Return None if no time is known.

    The timeline shows at most ``max_marks`` polls.
    """
    events = sorted(migration.get("events") or [], key=_order)
    poll_times = _polls_of(migration, polls)
    scale = _scale(migration, events)
    if scale is None:
        return None
    copy = _copy(migration, events)
    nova = [_event_row(event, scale) for event in events if parse_time(event.get("start"))]
    entries = [_event_entry(event) for event in events]
    if copy is not None:
        place = _place_of_copy(events)
        nova.insert(place, _copy_row(*copy, scale))
        entries.insert(place, _copy_entry(migration, *copy))
    lag_bar = _lag_bar(migration, scale)
    return Timeline(
        nova=tuple(nova),
        observed=(
            *_observed_rows(migration, _polls_row(poll_times, scale, max_marks), lag_bar, scale),
            *downtime_rows(migration, guest or {}, scale),
        ),
        lag=lag_bar,
        grid=scale.grid(),
        entries=(*entries, *_observed_entries(migration, poll_times), *downtime_entries(migration, guest or {})),
    )


def _order(event: Mapping[str, Any]) -> tuple[str, int]:
    names = list(PHASES)
    name = event.get("event")
    return event.get("start") or "", names.index(name) if name in names else len(names)


def _scale(migration: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> Scale | None:
    history = [observed.get("seen") for observed in migration.get("history") or []]
    times = [migration.get("started"), migration.get("concluded"), record_updated(migration), *history]
    times.append((migration.get("probe") or {}).get("longest_downtime_started"))
    times += [event.get(side) for event in events for side in ("start", "finish")]
    found = sorted(at for at in map(parse_time, times) if at is not None)
    if not found:
        return None
    start = parse_time(migration.get("started")) or found[0]
    offset = min(0.0, (found[0] - start).total_seconds())
    # Nova stores times in whole seconds, so the axis ends half a second later.
    high = max(1.0, (found[-1] - start).total_seconds() + 0.5)
    return Scale(start, offset, high - offset)


def _polls_of(migration: Mapping[str, Any], polls: Sequence[str]) -> list[datetime]:
    begin, end = parse_time(migration.get("started")), parse_time(migration.get("concluded"))
    if begin is None or end is None:
        return []
    return [at for at in map(parse_time, polls) if at is not None and begin <= at <= end]


def _event_failed(event: Mapping[str, Any]) -> bool:
    return str(event.get("result") or "").lower() == "error"


def _phase(event: Mapping[str, Any]) -> str:
    name = str(event.get("event") or "")
    return PHASES.get(name) or name.removeprefix("compute_").replace("_", " ").strip().capitalize()


def _event_row(event: Mapping[str, Any], scale: Scale) -> TimelineRow:
    begin, end = parse_time(event.get("start")), parse_time(event.get("finish"))
    if begin is None:
        raise AssertionError("the event has no start")
    failed = _event_failed(event)
    if end is None:
        tail = Bar(scale.percent(begin), round(100 - scale.percent(begin), 1), "open")
        return TimelineRow(_phase(event), "not finished", (tail,), failed=failed)
    bars = (
        # Nova stores times in whole seconds, so an event may end up to one second later.
        scale.bar_between(begin, end + NOVA_COUNTS_IN, "maybe-bad" if failed else "maybe"),
        scale.bar_between(begin, end, "bad" if failed else "sure"),
    )
    value = scale.interval_text(begin, end) if end > begin else f"at {scale.seconds_after_start(begin)}"
    return TimelineRow(_phase(event), f"Error, {value}" if failed else value, bars, failed=failed)


def _event_entry(event: Mapping[str, Any]) -> TimelineEntry:
    return TimelineEntry(
        phase=_phase(event),
        name=str(event.get("event") or ""),
        where=str(event.get("host") or "not visible"),
        begin=format_time(event.get("start")),
        end=format_time(event.get("finish")) if event.get("finish") else "not finished",
        result=str(event.get("result") or "none"),
        details=str(event.get("details") or ""),
        failed=_event_failed(event),
    )


def _copy(migration: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> tuple[datetime, datetime | None] | None:
    """Return the start and the end of the memory copy.

    Nova has no event for the copy, so other events and statuses mark its start and end.
    """
    by_name = {event.get("event"): event for event in events}
    prepared = [parse_time(by_name[name].get("finish")) for name in BEFORE_COPY if name in by_name]
    observed = {str(poll.get("status")): parse_time(poll.get("seen")) for poll in migration.get("history") or []}
    begin = observed.get("running")
    if len(prepared) == len(BEFORE_COPY) and "queued" not in observed:
        # Use the times of Nova's events, because the first poll can be much later than the start of the copy.
        begin = max((at for at in prepared if at is not None), default=begin)
    if begin is None or any(_event_failed(by_name[name]) for name in BEFORE_COPY if name in by_name):
        return None
    over = migration.get("outcome") != "timeout"
    end = parse_time((by_name.get(AFTER_COPY) or {}).get("start")) or (
        parse_time(record_updated(migration)) if over else None
    )
    # Nova stores whole seconds, so the end of a short copy can be before its start.
    return begin, max(begin, end) if end is not None else None


def _place_of_copy(events: Sequence[Mapping[str, Any]]) -> int:
    names = [event.get("event") for event in events]
    return max((names.index(name) + 1 for name in BEFORE_COPY if name in names), default=len(names))


def _copy_row(begin: datetime, end: datetime | None, scale: Scale) -> TimelineRow:
    if end is None:
        return TimelineRow(
            "Copy", "not finished", (Bar(scale.percent(begin), round(100 - scale.percent(begin), 1), "open"),)
        )
    return TimelineRow("Copy", scale.interval_text(begin, end), (scale.bar_between(begin, end, "copy"),))


def _copy_entry(migration: Mapping[str, Any], begin: datetime, end: datetime | None) -> TimelineEntry:
    where = f"{migration.get('source') or 'source'} → {migration.get('destination') or 'destination'}"
    ended = format_time(end.isoformat()) if end else "not finished"
    return TimelineEntry(
        "Copy",
        "",
        where,
        format_time(begin.isoformat()),
        ended,
        "",
        "Nova has no event for the copy. The time is computed from the events before and after the copy.",
    )


def _lag_bar(migration: Mapping[str, Any], scale: Scale) -> Bar | None:
    said, known = parse_time(record_updated(migration)), parse_time(migration.get("concluded"))
    if said is None or known is None or known < said or migration.get("outcome") == "timeout":
        return None
    return scale.bar_between(said, known, "lag")


def _polls_row(poll_times: Sequence[datetime], scale: Scale, most: int) -> list[TimelineRow]:
    every = max(1, -(-len(poll_times) // most))
    return (
        [TimelineRow("Polls", f"{len(poll_times)}", marks=tuple(scale.percent(at) for at in poll_times[::every]))]
        if poll_times
        else []
    )


def _observed_rows(
    migration: Mapping[str, Any], poll_times: Sequence[TimelineRow], lag_bar: Bar | None, scale: Scale
) -> list[TimelineRow]:
    rows = []
    history = [
        (str(observed.get("status")), parse_time(observed.get("seen"))) for observed in migration.get("history") or []
    ]
    steps = [(status, at) for status, at in history if at is not None]
    known = parse_time(migration.get("concluded"))
    if steps:
        ends = [*(at for _status, at in steps[1:]), known or steps[-1][1]]
        bars = tuple(
            scale.bar_between(at, max(at, end), "bad" if status in BAD_STATUSES else f"status{index % 2}", status)
            for index, ((status, at), end) in enumerate(zip(steps, ends, strict=True))
        )
        rows.append(TimelineRow("Record status", steps[-1][0], bars))
    rows += poll_times
    if known is not None:
        seconds = lag(migration)
        late = f" (lag {seconds:.1f} s)" if lag_bar and seconds is not None else ""
        bars = (Bar(scale.percent(known), 0.0, "known"),)
        rows.append(
            TimelineRow(
                "Outcome known", f"at {scale.seconds_after_start(known)}{late}", ((lag_bar, *bars) if lag_bar else bars)
            )
        )
    return rows


def _observed_entries(migration: Mapping[str, Any], poll_times: Sequence[datetime]) -> list[TimelineEntry]:
    entries = [
        TimelineEntry(
            f"Record status {observed.get('status')}", "", "this run", format_time(observed.get("seen")), "", "", ""
        )
        for observed in migration.get("history") or []
    ]
    if poll_times:
        first, last = (format_time(at.isoformat()) for at in (poll_times[0], poll_times[-1]))
        entries.append(TimelineEntry("Polls", "", "this run", first, last, "", f"{len(poll_times)} polls"))
    if record_updated(migration):
        status = str((migration.get("record") or {}).get("status") or "")
        entries.append(
            TimelineEntry(
                "Last update of the record", "", "Nova", format_time(record_updated(migration)), "", status, ""
            )
        )
    if migration.get("concluded"):
        outcome = str(migration.get("outcome") or "")
        entries.append(
            TimelineEntry("Outcome known", "", "this run", format_time(migration["concluded"]), "", outcome, "")
        )
    return entries
