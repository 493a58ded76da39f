# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Boot the servers of scenarios, together or for one scenario."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError, Failure
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.step_types import (
    FLAVOR,
    FORCED,
    IMAGE,
    SAME,
)
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.boot import BatchBoot, BatchRequest
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.boot_on_hosts import HostBatchBoot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.context import ScenarioContext
    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import ScenarioRun
    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.plan import Pool
    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.resources import RunOptions

    Server = dict[str, Any]


_UNKNOWN = Failure("internal", "The boot of the servers ended with an unexpected error.", "compute")


@dataclass
class PoolBoot:
    """The boot of servers that several scenarios share."""

    pool: Pool
    servers: list[Server] = field(default_factory=list)
    # Why the servers have not booted
    failure: Failure | None = _UNKNOWN

    def run(self, cloud: Cloud, request: BatchRequest, options: RunOptions) -> None:
        """Boot the servers with one request."""
        try:
            self.servers = _booted(BatchBoot(cloud, request, options.boot_timeout, options.pace)).values["servers"]
        except CloudError as error:
            self.failure = error.failure
        else:
            self.failure = None

    def server_of(self, run: ScenarioRun) -> Server:
        """Return the server of a scenario, after the boot. Raise BootError if the servers have not booted."""
        if self.failure is not None:
            raise BootError(self.failure)
        return self.servers[self.pool.runs.index(run)]


class BootError(CloudError):
    """The servers of a scenario did not boot."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def boot_own(context: ScenarioContext) -> list[Server]:
    """Boot the servers of one scenario, and its private flavor, image and server group. Return the servers."""
    boot = context.run.scenario.boot
    if FLAVOR in boot["own"]:
        context.flavor = context.own.flavor(context.cloud, context.flavor)
        context.own_ids[FLAVOR] = str(context.flavor["id"])
    if IMAGE in boot["own"]:
        context.image = context.own.image(context.cloud, context.image)
        context.own_ids[IMAGE] = str(context.image["id"])
    request = _request(context, boot)
    kind = HostBatchBoot if request.hosts else BatchBoot
    options = context.options
    report = _booted(kind(context.cloud, request, options.boot_timeout, options.pace))
    group = report.values["server_group"]
    context.server_group = group["id"] if group else None
    servers: list[Server] = report.values["servers"]
    if len(servers) < request.count:
        reasons = [str(one["reason"]) for one in report.values["hosts"] if one["reason"]]
        raise BootError(Failure("server", " ".join(reasons), "compute"))
    return servers


def _request(context: ScenarioContext, boot: Mapping[str, Any]) -> BatchRequest:
    count, host, zone = int(boot["count"]), boot["host"], None
    devices = context.devices
    if boot["policy"]:
        devices = replace(devices, server_group_policy=boot["policy"])
    if host == FORCED:
        name = context.boot_host()
        zone = f"{context.facts.zones.get(name) or 'nova'}:{name}"
    return BatchRequest(
        name=context.batch_name,
        count=count,
        image=str(context.image["id"]),
        flavor=str(context.flavor["id"]),
        devices=devices,
        metadata={**context.run.profile.metadata, **context.options.mark},
        tags=context.options.tags,
        availability_zone=zone,
        hosts=(context.boot_host(),) * count if host == SAME else (),
    )


def _booted(boot: BatchBoot) -> Any:
    """Boot servers. Raise BootError if the boot fails."""
    report = boot.run()
    if report.failed:
        raise BootError(Failure(**report.values["failure"]))
    return report
