# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""The options of the modules that migrate servers and monitor migrations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import PollIntervals
from ansible_collections.stackproof.migration.plugins.module_utils._migration.concurrency import ConcurrencyLimit
from ansible_collections.stackproof.migration.plugins.module_utils._migration.destinations import parse_destinations
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.settings import NotificationSettings
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import LIVE, MigrationType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import MicroversionRequirement
    from ansible_collections.stackproof.migration.plugins.module_utils._probe.model import ProbeOrder


@dataclass(frozen=True)
class MonitorOptions:
    """The options for monitoring migrations. All times are in seconds."""

    timeout: float
    on_timeout: str = "fail"
    # Whether to reset the state of a server to ACTIVE if an abort leaves it in ERROR.
    reset_state: bool = False
    settle_timeout: float = 30.0
    # The parts of settle_timeout in which the attachments of volumes and the bindings of ports may still change.
    volume_settle_timeout: float = 10.0
    port_settle_timeout: float = 30.0
    verify: bool = True
    # Completed migrations wait at most this time, so that the module verifies several of them together.
    verify_interval: float = 0.0
    # Whether to read the instance action events of successful migrations.
    all_events: bool = True
    # The module warns about a migration record that has the status ``accepted`` for this time. 0 means no warning.
    warn_accepted_after: float = 60.0
    read_progress: bool = False
    pace: PollIntervals = field(default_factory=PollIntervals)
    progress_file: str | None = None
    # The settings of the connection to RabbitMQ. The value is None if the module does not use notifications.
    notifications: NotificationSettings | None = None

    @classmethod
    def of(cls, params: Mapping[str, Any], pace: PollIntervals) -> MonitorOptions:
        """Return the options from the parameters of an Ansible module."""
        return cls(
            timeout=params["timeout"],
            # Modules for cold migrations have no on_timeout, because Nova can only abort or force live migrations.
            on_timeout=params.get("on_timeout", "fail"),
            reset_state=params.get("reset_state", False),
            settle_timeout=params["settle_timeout"],
            volume_settle_timeout=params["volume_settle_timeout"],
            port_settle_timeout=params["port_settle_timeout"],
            verify=params["verify"],
            verify_interval=params["verify_interval"],
            all_events=params["events"] == "all",
            warn_accepted_after=params["warn_accepted_after"],
            read_progress=params.get("read_progress", False),
            pace=pace,
            progress_file=params["progress_file"],
            notifications=NotificationSettings.of(params),
        )


@dataclass(frozen=True)
class MigrationOrder:
    """The validated options of the modules that migrate servers."""

    servers: list[str]
    kind: MigrationType = LIVE
    host: str | None = None
    # The requested hosts by name or id of the server. Nova's scheduler chooses the hosts of other servers.
    destinations: Mapping[str, str] = field(default_factory=dict)
    # Only servers on this compute host are migrated. None means any host.
    source: str | None = None
    block_migration: str | bool = "auto"
    wait: bool = True
    all_projects: bool = False
    limit: ConcurrencyLimit = field(default_factory=ConcurrencyLimit)
    # Whether the first failure stops all further requests.
    stop_on_failure: bool = False
    # The longest wait for the migrations of other users, in seconds. With 0, the module does not wait for them.
    wait_for_hosts: float = 0.0
    # The module does not wait for the migrations of these servers.
    own_servers: list[str] = field(default_factory=list)
    # The options of the network probe. None means that there is no probe.
    probing: ProbeOrder | None = None

    @property
    def names_host(self) -> bool:
        """Whether a migration request names a host."""
        return self.host is not None or bool(self.destinations)

    @property
    def need(self) -> MicroversionRequirement:
        return self.kind.need_with_host if self.names_host else self.kind.need


def order_of(
    params: Mapping[str, Any],
    kind: MigrationType,
    *,
    block_migration: str | bool = "auto",
    wait: bool = True,
    probing: ProbeOrder | None = None,
) -> MigrationOrder:
    """Return the validated options of a module that migrates servers.

    Raise InputError if the value of a parameter is not valid.
    """
    if not params["servers"] or not all(params["servers"]):
        raise InputError("servers must name at least one server, and no name may be empty.")
    if params["host"] == "":
        raise InputError("host must not be empty: leave it out to let the scheduler choose.")
    if params["host"] is not None and params["destinations"]:
        raise InputError(
            "host and destinations exclude each other: host is for all servers. Remove host, or remove destinations."
        )
    if params["source"] == "":
        raise InputError("source must not be empty: leave it out to migrate each server from its current host.")
    for name in ("max_parallel", "max_parallel_per_host"):
        if params[name] is not None and params[name] < 1:
            raise InputError(f"{name} must be at least 1, found {params[name]}.")
        if params[name] is not None and not wait:
            raise InputError(
                f"{name} needs wait=true, because the module requests the next migration when a migration ends."
            )
    if params["notifications"] is not None and not wait:
        raise InputError(
            "notifications needs wait: they shorten the wait for the end of the migrations. Set wait=true, or set"
            " notifications in migration_wait."
        )
    if params["wait_for_hosts"] < 0:
        raise InputError(f"wait_for_hosts must be at least 0, found {params['wait_for_hosts']}.")
    return MigrationOrder(
        servers=list(dict.fromkeys(params["servers"])),
        kind=kind,
        host=params["host"],
        destinations=parse_destinations(params["destinations"]),
        source=params["source"],
        block_migration=block_migration,
        wait=wait,
        all_projects=params["all_projects"],
        limit=ConcurrencyLimit(params["max_parallel"], params["max_parallel_per_host"]),
        stop_on_failure=params["on_failure"] == "stop",
        wait_for_hosts=params["wait_for_hosts"],
        own_servers=params["own_servers"],
        probing=probing,
    )
