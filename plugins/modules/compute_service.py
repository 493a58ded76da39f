#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Enable or disable a compute service."""

from __future__ import annotations

DOCUMENTATION = r"""
module: compute_service
short_description: Enable or disable the OpenStack compute service of a host
version_added: 1.0.0
description:
  - Enables the nova-compute service of a host, or disables the service with a reason.
  - Nova's scheduler places no server on a host whose service is disabled. The servers on the host keep running.
  - The cloud needs microversion 2.53 (Pike). By Nova's default policies, only administrators can use this module.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  host:
    description: Name of the compute host, as C(openstack compute service list) shows it.
    type: str
    required: true
  state:
    description: The requested status of the compute service.
    type: str
    choices: [enabled, disabled]
    required: true
  reason:
    description:
      - The disabled reason, up to 255 characters. Nova shows the reason to all users who can list services.
      - If this option is empty, the module keeps the text of the current disabled reason.
    type: str
    default: ""
  timestamp:
    description:
      - Whether to add the current time to the reason, as in V(new memory [since 2026-04-01T10:00:00Z]). Nova itself
        does not show when a service was disabled.
      - The module M(stackproof.migration.host_drain_info) uses the timestamp as the start of the drain.
      - If the reason of the disabled compute service already contains a timestamp, the module keeps the timestamp.
      - If another user has already disabled the service, the module keeps the reason of that user. The module adds the
        text C(disabled before), as in V(broken fan [since 2026-04-01T10:00:00Z, disabled before]).
    type: bool
    default: false
seealso:
  - module: stackproof.migration.host_drain_info
  - module: openstack.cloud.compute_service_info
"""

EXAMPLES = r"""
- name: Disable the compute service of compute1
  stackproof.migration.compute_service:
    cloud: mycloud
    host: compute1
    state: disabled
    reason: new memory

- name: Enable the compute service of compute1
  stackproof.migration.compute_service:
    cloud: mycloud
    host: compute1
    state: enabled
"""

RETURN = r"""
service:
  description: The compute service after the change. In check mode, the module predicts this value.
  returned: success
  type: dict
  contains: &service
    id:
      description: Uuid of the service.
      type: str
      sample: 1f7c9b0e-6e8e-4a52-9c43-2f3d9b3b6f0a
    host:
      description: Name of the compute host.
      type: str
      sample: compute1
    status:
      description: V(enabled) or V(disabled).
      type: str
      sample: disabled
    state:
      description: V(up) or V(down). The state is V(up) if the service has recently reported to Nova.
      type: str
      sample: up
    forced_down:
      description: Whether an administrator forced the service down.
      type: bool
      sample: false
    availability_zone:
      description: Availability zone of the host.
      type: str
      sample: nova
    disabled_reason:
      description: The reason why the service is disabled. Null if the service is enabled, or if no reason was given.
      type: str
      sample: "new memory [since 2026-04-01T10:00:00Z]"
    disabled_since:
      description: The timestamp in the disabled reason, in ISO 8601 and UTC. Null if there is no timestamp.
      type: str
      sample: "2026-04-01T10:00:00Z"
    disabled_before:
      description: Whether the service was already disabled when the module added the timestamp to the reason.
      type: bool
      sample: false
before:
  description: The compute service before the change, with the same keys as RV(service).
  returned: success
  type: dict
  contains: *service
seconds:
  description: Run time of the module in seconds, including authentication.
  returned: always
  type: float
  sample: 1.9
failure:
  description: The failure, with the keys of RV(stackproof.migration.server_live_migrate#module:failure).
  returned: failure
  type: dict
  sample:
    kind: not_found
    message: "host: there is no compute host compute9. There are: compute1, compute2."
    service: compute
    http_status: null
    request_id: null
"""

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError, ServiceError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import check_api_timeout
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report
from ansible_collections.stackproof.migration.plugins.module_utils._nova import compute_services, disabled_reason

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock


def switch(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    """Enable or disable the compute service, and return the result of the module compute_service."""
    check_api_timeout(params)
    if not params["host"]:
        raise InputError("host must not be empty. Name a compute host.")
    cloud = connect(params, clock)
    before = compute_services.service_of(cloud, params["host"])
    if before["id"] is None:
        raise ServiceError(
            f"The cell of {params['host']} does not answer, so its compute service cannot be changed. Restore the"
            " database and the message queue of the cell.",
            service="compute",
        )
    disabled = params["state"] == "disabled"
    reason = ""
    if disabled:
        reason = disabled_reason.new_reason(
            before["disabled_reason"],
            disabled=before["status"] == "disabled",
            text=params["reason"],
            timestamp=params["timestamp"],
            now=cloud.now(),
        )
    changed = before["status"] != params["state"] or (disabled and reason != (before["disabled_reason"] or ""))
    after = before
    if changed and check_mode:
        after = compute_services.predicted(before, params["state"], reason)
    elif changed:
        compute_services.change(cloud, before, params["state"], reason)
        after = compute_services.service_of(cloud, params["host"])
    diff = {"before": _line(before), "after": _line(after)}
    return Report({"changed": changed, "service": after, "before": before, "diff": diff}, warnings=_warnings(after))


def _line(service: dict[str, Any]) -> str:
    reason = f" ({service['disabled_reason']})" if service["disabled_reason"] else ""
    return f"{service['host']} {service['status']}{reason}\n"


def _warnings(service: dict[str, Any]) -> list[str]:
    if service["status"] != "enabled" or (service["state"] == "up" and not service["forced_down"]):
        return []
    why = "forced down" if service["forced_down"] else service["state"]
    problem = f"The compute service of {service['host']} is enabled, but {why}."
    return [f"{problem} The scheduler places no server on this host."]


MODULE = Definition(
    arguments={
        "host": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["enabled", "disabled"], "required": True},
        "reason": {"type": "str", "default": ""},
        "timestamp": {"type": "bool", "default": False},
    },
    work=switch,
    empty={},
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Run the module and exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
