# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that compare the volume attachments and the port bindings of a server after a migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._cinder.model import ATTACHED, IN_USE
from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import ACTIVE, INACTIVE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._cinder.model import AttachedVolume, Attachment
    from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import Binding, Port

# Expected text, found text, and whether they agree. None means that the user may not see enough.
Comparison = tuple[str, str, bool | None]

# In these statuses, another operation uses an attached volume. The volume then gets the status in-use again.
_BUSY = frozenset({"backing-up", "extending", "maintenance", "retyping", "uploading"})


def compare_volumes(
    volumes: Iterable[AttachedVolume],
    location: str | None,
    ids_before: Mapping[str, frozenset[str]],
    *,
    keeps_ids: bool,
) -> list[Comparison]:
    """Compare each volume with its expected state: one attachment, on the host ``location``, which Nova uses too.

    ``location`` is None if the user may not see the name of the host. ``ids_before`` contains the ids of the
    attachments before the migration, by volume. ``keeps_ids`` states whether these ids must not have changed: a
    completed migration creates new attachments, and a failed live migration keeps the old ones.
    """
    return [
        _compare_volume(volume, location, ids_before.get(volume.id, frozenset()), keeps_ids=keeps_ids)
        for volume in volumes
    ]


def _compare_volume(
    volume: AttachedVolume, location: str | None, before: frozenset[str], *, keeps_ids: bool
) -> Comparison:
    ids = {attachment.id for attachment in volume.attachments}
    hosts = {attachment.host for attachment in volume.attachments} - {None}
    where = location if hosts else None
    kept = not (keeps_ids and before) or ids == before
    nova = volume.in_nova and volume.nova_attachment in (None, *ids)
    one = len(volume.attachments) == 1 and volume.attachments[0].status == ATTACHED
    status = True if volume.status == IN_USE else None if volume.status in (None, *_BUSY) else False
    # Ids make the texts longer, so the texts contain ids only if the ids differ.
    named = not (kept and nova)
    expected = _attachment_text(ATTACHED, where, "" if kept else ", ".join(sorted(before)))
    found = [
        _attachment_text(attachment.status, attachment.host, attachment.id if named else "")
        for attachment in volume.attachments
    ]
    return (
        _volume_text(volume.id, IN_USE, [expected]),
        _volume_text(volume.id, volume.status, found or ["no attachment"]) + _remarks(volume, before, agrees=nova),
        status if one and kept and nova and (where is None or hosts == {where}) else False,
    )


def _remarks(volume: AttachedVolume, before: frozenset[str], *, agrees: bool) -> str:
    """Return what Nova reports about the volume, and whether the volume had too many attachments before."""
    remark = ""
    if not volume.in_nova:
        remark = ", not listed by Nova"
    elif not agrees:
        remark = f", and Nova uses attachment {volume.nova_attachment}"
    return f"{remark}, {len(before)} attachments before the migration" if len(before) > 1 else remark


def _volume_text(volume_id: str, status: str | None, attachments: Sequence[str]) -> str:
    number = f"{len(attachments)} attachments: " if len(attachments) > 1 else ""
    return f"{' '.join(filter(None, ('volume', volume_id, status)))}, {number}{', '.join(attachments)}"


def _attachment_text(status: str, host: str | None, attachment_id: str) -> str:
    parts = (status, f"on {host}" if host else "", f"({attachment_id})" if attachment_id else "")
    return " ".join(filter(None, parts))


def compare_ports(
    ports: Iterable[Port], location: str | None, before: Mapping[str, Port], *, runs: bool
) -> list[Comparison]:
    """Compare each port with its expected state: status ACTIVE, and one binding, which is ACTIVE, on ``location``.

    ``location`` is None if the user may not see the name of the host. ``runs`` states whether the server must run. The
    ports of a server that does not run need not be ACTIVE. A port that was not ACTIVE ``before`` need not be ACTIVE.
    """
    return [_compare_port(port, location, _needs_active(port, before, runs=runs)) for port in ports]


def _needs_active(port: Port, before: Mapping[str, Port], *, runs: bool) -> bool:
    return runs and (port.id not in before or before[port.id].status == ACTIVE)


def _compare_port(port: Port, location: str | None, needs_active: bool) -> Comparison:
    hosts = [port.host] if port.host else []
    if port.bindings is not None:
        hosts = _hosts(port.bindings, ACTIVE)
    inactive = _hosts(port.bindings or (), INACTIVE)
    visible = port.host is not None or port.bindings is not None
    expected = f"port {port.id} {ACTIVE if needs_active else port.status}"
    found = f"port {port.id} {port.status}"
    right_host = True
    if visible:
        right_host = not inactive and (hosts == [location] if location else len(hosts) == 1)
        expected += f" bound to {location or 'one host'}"
        found += f" bound to {' and '.join(hosts) or 'no host'}"
        found += f" with an INACTIVE binding on {' and '.join(inactive)}" if inactive else ""
    return expected, found, right_host and (not needs_active or port.status == ACTIVE)


def _hosts(bindings: Iterable[Binding], status: str) -> list[str]:
    return [binding.host for binding in bindings if binding.status == status]


def verdict(comparisons: Iterable[Comparison]) -> bool | None:
    """Return False if a comparison failed, and None if one of them is not known."""
    found = {agrees for _expected, _found, agrees in comparisons}
    return False if False in found else None if None in found else True


def ids_by_volume(attachments: Iterable[Attachment]) -> dict[str, frozenset[str]]:
    """Return the ids of the attachments of each volume."""
    found: dict[str, frozenset[str]] = {}
    for attachment in attachments:
        found[attachment.volume_id] = found.get(attachment.volume_id, frozenset()) | {attachment.id}
    return found
