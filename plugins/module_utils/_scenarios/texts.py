# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that describe scenarios and steps as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.step_types import (
    ALL,
    ANOTHER,
    ANY,
    FORCED,
    ONE_HOST,
    ORIGIN,
    REVERT,
    SCHEDULER,
)

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import Step

_TO = {
    ANOTHER: " to another named host",
    ORIGIN: " to the host on which it has booted",
    ONE_HOST: " to one host",
    SCHEDULER: " to a host that the scheduler chooses",
}
_WHAT = {"server_group": "the server group", "flavor": "the private flavor", "image": "the private image"}
_ACTIONS = {
    "abort": "abort the migration while it is",
    "force_complete": "force the migration to complete while it is",
    "delete": "delete the server while its migration is",
}


def step_text(step: Step) -> str:
    """Return what the step does, for example "live-migrate to another named host"."""
    options = step.options
    which = "" if options.get("servers", ALL) == ALL else f" the {options['servers']} server"
    to = _TO[options["to"]] if "to" in options else ""
    finish = ""
    if "finish" in options:
        finish = ", and revert" if options["finish"] == REVERT else ", and confirm"
    if step.name == "boot":
        return _boot_text(step)
    if step.name == "interrupt":
        return f"live-migrate to one host, and {_ACTIONS[options['action']]} {options['when']}"
    where = " on its host" if options.get("same_host") else ""
    texts = {
        "live_migrate": f"live-migrate{which}{to}",
        "cold_migrate": f"cold-migrate{which}{to}{finish}",
        "resize": f"resize{which} to a larger private flavor{where}{finish}",
        "delete": f"delete {_WHAT.get(options.get('what', ''), '')}",
        "attach_port": f"attach a port{f' to{which}' if which else ''}",
        "disable_hosts": "disable the compute service of the host",
    }
    return texts.get(step.name, f"{step.name.replace('_', ' ')}{which}")


def _boot_text(step: Step) -> str:
    options = step.options
    count, host = options["count"], options["host"]
    text = "boot 1 server" if count == 1 else f"boot {count} servers"
    if host == ANY:
        text += " with one request" if count > 1 else ""
    elif host == FORCED:
        text += " on a host that the availability zone forces"
    else:
        text += " on the same host"
    if options["policy"]:
        text += f" in a new server group with the policy {options['policy']}"
    if options["own"]:
        text += f" with a private {' and a private '.join(options['own'])}"
    return text
