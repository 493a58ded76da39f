# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""The steps that a scenario can have, with their options and with what they require from the cloud."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_devices import POLICIES

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMBER, SWITCH, CHOICE, CHOICES = "number", "switch", "choice", "choices"

# The destinations of a migration
SCHEDULER, ANOTHER, ORIGIN, ONE_HOST = "scheduler", "another", "origin", "one_host"
# The servers of a step
ALL, FIRST, LAST = "all", "first", "last"
# The hosts on which servers boot
ANY, SAME, FORCED = "any", "same", "forced"
CONFIRM, REVERT = "confirm", "revert"
QUEUED, RUNNING = "queued", "running"
ABORT, FORCE_COMPLETE, DELETE = "abort", "force_complete", "delete"
FLAVOR, IMAGE, SERVER_GROUP = "flavor", "image", "server_group"


@dataclass(frozen=True)
class Option:
    """An option of a step."""

    kind: str
    default: Any
    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class StepType:
    """A kind of steps. ``requires`` contains the preconditions of all steps of this kind."""

    text: str
    options: Mapping[str, Option] = field(default_factory=dict)
    requires: Mapping[str, Any] = field(default_factory=dict)


_SERVERS = Option(CHOICE, ALL, "The servers of the scenario that the step concerns.", (ALL, FIRST, LAST))
_TO = Option(
    CHOICE,
    ANOTHER,
    "The destination: a named host other than the present host (C(another)), the host on which the server has booted,"
    " or another host if the server is still there (C(origin)), the same named host for all servers (C(one_host)), or"
    " a host that Nova's scheduler chooses.",
    (ANOTHER, ORIGIN, ONE_HOST, SCHEDULER),
)
_FINISH = Option(CHOICE, CONFIRM, "Whether to confirm or to revert the move.", (CONFIRM, REVERT))

BOOT = "boot"
STEP_TYPES: dict[str, StepType] = {
    BOOT: StepType(
        "Boot the servers of the scenario. This is always the first step.",
        {
            "count": Option(
                NUMBER, 1, "The number of servers. One request boots all of them, unless they need named hosts."
            ),
            "host": Option(
                CHOICE,
                ANY,
                "The host: one that Nova's scheduler chooses (C(any)), the same host for all servers (C(same)), or a"
                " host that the availability zone forces (C(forced)).",
                (ANY, SAME, FORCED),
            ),
            "policy": Option(CHOICE, None, "The policy of a new server group.", POLICIES),
            "own": Option(
                CHOICES,
                (),
                "Private resources that only this scenario uses: a copy of the flavor, or a copy of the image.",
                (FLAVOR, IMAGE),
            ),
        },
    ),
    "live_migrate": StepType(
        "Live-migrate servers side by side, and wait for the end of the migrations.",
        {
            "servers": _SERVERS,
            "to": _TO,
            "may_refuse": Option(
                SWITCH,
                False,
                "Whether Nova may refuse to migrate all servers but one because of a rule.",
            ),
        },
        {"hosts": 2},
    ),
    "cold_migrate": StepType(
        "Cold-migrate servers, and confirm or revert the migrations.",
        {"servers": _SERVERS, "to": _TO, "finish": _FINISH},
        {"hosts": 2},
    ),
    "resize": StepType(
        "Resize servers to a larger flavor, and confirm or revert the resize.",
        {
            "servers": _SERVERS,
            "finish": _FINISH,
            "same_host": Option(SWITCH, False, "Whether the servers must stay on their host."),
        },
        {"own_flavors": True, "microversion": "2.55"},
    ),
    "interrupt": StepType(
        "Live-migrate servers. Interrupt the migration of the last of them, and wait for the end of the migrations.",
        {
            "action": Option(
                CHOICE,
                ABORT,
                "What to do: abort the migration, force it to complete, or delete the server.",
                (ABORT, FORCE_COMPLETE, DELETE),
            ),
            "when": Option(CHOICE, RUNNING, "The status of the migration at the interruption.", (QUEUED, RUNNING)),
        },
        {"hosts": 2, "named_hosts": True},
    ),
    "pause": StepType("Pause the servers.", {"servers": _SERVERS}),
    "unpause": StepType("Unpause the servers.", {"servers": _SERVERS}),
    "delete": StepType(
        "Delete a resource of the scenario that the servers still use.",
        {"what": Option(CHOICE, SERVER_GROUP, "The resource.", (SERVER_GROUP, FLAVOR, IMAGE))},
    ),
    "attach_port": StepType(
        "Attach a port on a second network to the servers. If the cloud has one network, the port is on this network.",
        {"servers": _SERVERS},
        {"networks": 1},
    ),
    "disable_hosts": StepType(
        "Disable the compute services of the hosts of the servers. The run enables them at the end.",
        {},
        {"disruptive": True, "administrator": True},
    ),
    "verify_guests": StepType(
        "Read the consoles of the servers. The first of these steps waits until the guests count. Each later one"
        " requires that the guests have continued without a reboot and without a damaged block on their disks.",
    ),
}


def requirements_of(step: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the preconditions of a step with these options."""
    found = dict(STEP_TYPES[step].requires)
    to = options.get("to")
    if step == BOOT:
        if options.get("host") == SAME:
            found |= {"administrator": True, "microversion": "2.74"}
        if options.get("host") == FORCED:
            found["administrator"] = True
        for own in options.get("own") or ():
            found |= {"own_flavors": True, "microversion": "2.55"} if own == FLAVOR else {"own_images": True}
    if to in (ANOTHER, ORIGIN, ONE_HOST):
        found["named_hosts"] = True
    if step == "cold_migrate" and to != SCHEDULER:
        found["microversion"] = "2.56"
    if step == "resize":
        found |= {"same_host_resize": True} if options.get("same_host") else {"hosts": 2}
    if step == "interrupt" and options.get("when") == QUEUED:
        found["microversion"] = "2.65"
    return found
