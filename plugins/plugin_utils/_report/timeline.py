# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure: one migration as lanes of bars along the time, and the same as rows of words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.chart import Bar, Lane, Row, Scale
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.downtime import downtime_lanes, downtime_rows
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timestamps import (
    clock,
    lag,
    last_word,
    moment,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

# In the order of a migration; Nova's whole seconds do not tell the order of what happens within one.
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
    """What Nova says, what was seen of it, and the lines of the time itself."""

    nova: tuple[Lane, ...]
    seen: tuple[Lane, ...]
    lag: Bar | None
    grid: tuple[tuple[float, str], ...]
    rows: tuple[Row, ...]


def timeline(
    migration: Mapping[str, Any], polls: Sequence[str], most_marks: int, guest: Mapping[str, Any] | None = None
) -> Timeline | None:
    """Null when nothing of it has a time. Of the polls at most so many are marked."""
    events = sorted(migration.get("events") or [], key=_order)
    looks = _looks(migration, polls)
    scale = _scale(migration, events)
    if scale is None:
        return None
    copy = _copy(migration, events)
    nova = [_event_lane(event, scale) for event in events if moment(event.get("start"))]
    rows = [_event_row(event) for event in events]
    if copy is not None:
        place = _place_of_copy(events)
        nova.insert(place, _copy_lane(*copy, scale))
        rows.insert(place, _copy_row(migration, *copy))
    band = _lag_bar(migration, scale)
    return Timeline(
        nova=tuple(nova),
        seen=(
            *_seen_lanes(migration, _looks_lane(looks, scale, most_marks), band, scale),
            *downtime_lanes(migration, guest or {}, scale),
        ),
        lag=band,
        grid=scale.grid(),
        rows=(*rows, *_seen_rows(migration, looks), *downtime_rows(migration, guest or {})),
    )


def _order(event: Mapping[str, Any]) -> tuple[str, int]:
    names = list(PHASES)
    name = event.get("event")
    return event.get("start") or "", names.index(name) if name in names else len(names)


def _scale(migration: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> Scale | None:
    history = [seen.get("seen") for seen in migration.get("history") or []]
    told = [migration.get("started"), migration.get("concluded"), last_word(migration), *history]
    told.append((migration.get("probe") or {}).get("longest_downtime_started"))
    told += [event.get(side) for event in events for side in ("start", "finish")]
    found = sorted(at for at in map(moment, told) if at is not None)
    if not found:
        return None
    zero = moment(migration.get("started")) or found[0]
    low = min(0.0, (found[0] - zero).total_seconds())
    # room at the right for the rest of the second in which the last event ended
    high = max(1.0, (found[-1] - zero).total_seconds() + 0.5)
    return Scale(zero, low, high - low)


def _looks(migration: Mapping[str, Any], polls: Sequence[str]) -> list[datetime]:
    begin, end = moment(migration.get("started")), moment(migration.get("concluded"))
    if begin is None or end is None:
        return []
    return [at for at in map(moment, polls) if at is not None and begin <= at <= end]


def _bad(event: Mapping[str, Any]) -> bool:
    return str(event.get("result") or "").lower() == "error"


def _phase(event: Mapping[str, Any]) -> str:
    name = str(event.get("event") or "")
    return PHASES.get(name) or name.removeprefix("compute_").replace("_", " ").strip().capitalize()


def _event_lane(event: Mapping[str, Any], scale: Scale) -> Lane:
    begin, end = moment(event.get("start")), moment(event.get("finish"))
    if begin is None:
        raise AssertionError("only events with a start get here")
    bad = _bad(event)
    if end is None:
        tail = Bar(scale.at(begin), round(100 - scale.at(begin), 1), "open")
        return Lane(_phase(event), "not ended", (tail,), bad=bad)
    bars = (
        # Nova cuts off what is less than a second: it ended somewhere in the second that its time names
        scale.bar_of(begin, end + NOVA_COUNTS_IN, "maybe-bad" if bad else "maybe"),
        scale.bar_of(begin, end, "bad" if bad else "sure"),
    )
    value = scale.span_of(begin, end) if end > begin else f"at {scale.after(begin)}"
    return Lane(_phase(event), f"Error, {value}" if bad else value, bars, bad=bad)


def _event_row(event: Mapping[str, Any]) -> Row:
    return Row(
        phase=_phase(event),
        name=str(event.get("event") or ""),
        where=str(event.get("host") or "not visible"),
        begin=clock(event.get("start")),
        end=clock(event.get("finish")) if event.get("finish") else "not ended",
        result=str(event.get("result") or "none"),
        details=str(event.get("details") or ""),
        bad=_bad(event),
    )


def _copy(migration: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> tuple[datetime, datetime | None] | None:
    """When the memory was copied, for which Nova has no event.

    It begins when the preparation has ended, or where it was seen to wait in the queue, when the
    record was seen "running" first; it ends with the post phase on the destination, or else with
    Nova's last word in the record.
    """
    by_name = {event.get("event"): event for event in events}
    prepared = [moment(by_name[name].get("finish")) for name in BEFORE_COPY if name in by_name]
    seen = {str(one.get("status")): moment(one.get("seen")) for one in migration.get("history") or []}
    begin = seen.get("running")
    if len(prepared) == len(BEFORE_COPY) and "queued" not in seen:
        # we may have looked long after it had begun
        begin = max((at for at in prepared if at is not None), default=begin)
    if begin is None or any(_bad(by_name[name]) for name in BEFORE_COPY if name in by_name):
        return None
    over = migration.get("outcome") != "timeout"
    end = moment((by_name.get(AFTER_COPY) or {}).get("start")) or (moment(last_word(migration)) if over else None)
    # a copy of less than a second may seem to end before it was seen to begin
    return begin, max(begin, end) if end is not None else None


def _place_of_copy(events: Sequence[Mapping[str, Any]]) -> int:
    names = [event.get("event") for event in events]
    return max((names.index(name) + 1 for name in BEFORE_COPY if name in names), default=len(names))


def _copy_lane(begin: datetime, end: datetime | None, scale: Scale) -> Lane:
    if end is None:
        return Lane("Copy", "not ended", (Bar(scale.at(begin), round(100 - scale.at(begin), 1), "open"),))
    return Lane("Copy", scale.span_of(begin, end), (scale.bar_of(begin, end, "copy"),))


def _copy_row(migration: Mapping[str, Any], begin: datetime, end: datetime | None) -> Row:
    where = f"{migration.get('source') or 'its host'} → {migration.get('destination') or 'another host'}"
    ended = clock(end.isoformat()) if end else "not ended"
    return Row("Copy", "", where, clock(begin.isoformat()), ended, "", "from its neighbours: Nova has no event for it")


def _lag_bar(migration: Mapping[str, Any], scale: Scale) -> Bar | None:
    said, known = moment(last_word(migration)), moment(migration.get("concluded"))
    if said is None or known is None or known < said or migration.get("outcome") == "timeout":
        return None
    return scale.bar_of(said, known, "lag")


def _looks_lane(looks: Sequence[datetime], scale: Scale, most: int) -> list[Lane]:
    every = max(1, -(-len(looks) // most))
    return [Lane("Looks", f"{len(looks)}", marks=tuple(scale.at(at) for at in looks[::every]))] if looks else []


def _seen_lanes(migration: Mapping[str, Any], looks: Sequence[Lane], band: Bar | None, scale: Scale) -> list[Lane]:
    lanes = []
    history = [(str(seen.get("status")), moment(seen.get("seen"))) for seen in migration.get("history") or []]
    steps = [(status, at) for status, at in history if at is not None]
    known = moment(migration.get("concluded"))
    if steps:
        ends = [*(at for _status, at in steps[1:]), known or steps[-1][1]]
        bars = tuple(
            scale.bar_of(at, max(at, end), "bad" if status in BAD_STATUSES else f"status{index % 2}", status)
            for index, ((status, at), end) in enumerate(zip(steps, ends, strict=True))
        )
        lanes.append(Lane("Record, as seen", steps[-1][0], bars))
    lanes += looks
    if known is not None:
        seconds = lag(migration)
        late = f" (lag {seconds:.1f} s)" if band and seconds is not None else ""
        bars = (Bar(scale.at(known), 0.0, "known"),)
        lanes.append(Lane("Known here", f"at {scale.after(known)}{late}", ((band, *bars) if band else bars)))
    return lanes


def _seen_rows(migration: Mapping[str, Any], looks: Sequence[datetime]) -> list[Row]:
    rows = [
        Row(f"Seen: {seen.get('status')}", "", "here", clock(seen.get("seen")), "", "", "")
        for seen in migration.get("history") or []
    ]
    if looks:
        first, last = (clock(at.isoformat()) for at in (looks[0], looks[-1]))
        rows.append(Row("Looks", "", "here", first, last, "", f"{len(looks)} times"))
    if last_word(migration):
        status = str((migration.get("record") or {}).get("status") or "")
        rows.append(Row("Nova's last word in the record", "", "Nova", clock(last_word(migration)), "", status, ""))
    if migration.get("concluded"):
        outcome = str(migration.get("outcome") or "")
        rows.append(Row("Known here", "", "here", clock(migration["concluded"]), "", outcome, ""))
    return rows
