#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Boot servers in one request, or delete them."""

from __future__ import annotations

DOCUMENTATION = r"""
module: server_batch
short_description: Boot OpenStack servers in one multi-create request, or delete them
version_added: 1.0.0
description:
  - Boots several servers by one request, as Nova bug 1718455 needs it, and waits until all are V(ACTIVE).
  - Fails early, with Nova's reason, when one of them goes to V(ERROR).
  - With O(state=absent) deletes servers, and waits until they and their allocations in Placement are gone.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.waiting
  - stackproof.migration.attributes
attributes:
  check_mode:
    support: full
    details:
      - Whether the compute hosts have room, and the quota suffices, is not known before the request.
  diff_mode:
    support: full
  idempotent:
    support: full
    details:
      - The servers of a batch are known by O(name) and O(metadata).
options:
  state:
    description: Whether the servers should be there.
    type: str
    choices: [present, absent]
    default: present
  name:
    description:
      - Name of the servers. When O(count) is more than 1, Nova appends V(-1) to V(-n).
      - Required with O(state=present). With O(state=absent) it narrows what the other options select.
    type: str
  count:
    description: How many servers to boot.
    type: int
    default: 1
  image:
    description: Name or id of the image. Required with O(state=present).
    type: str
  flavor:
    description: Name or id of the flavor. Required with O(state=present).
    type: str
  networks:
    description:
      - V(none), V(auto), or a list of names or ids of networks.
    type: raw
    default: none
  metadata:
    description:
      - Metadata of the servers.
      - With O(state=absent), servers that carry all these pairs are selected.
    type: dict
    default: {}
  availability_zone:
    description: Availability zone of the servers.
    type: str
  key_name:
    description: Name of the key pair for the servers.
    type: str
  server_group:
    description: Name or id of the server group that the servers join.
    type: str
  replace:
    description:
      - Whether broken members of a batch that exists are deleted, and missing ones booted.
      - When V(false), a batch that is not whole is an error that says what is wrong with it.
    type: bool
    default: false
  servers:
    description:
      - Ids (or names) of the servers to delete. Those that do not exist are passed over.
      - Only with O(state=absent).
    type: list
    elements: str
  reservation_id:
    description:
      - Reservation id of the servers to delete.
      - Only with O(state=absent).
    type: str
  release_allocations:
    description:
      - With O(state=absent), whether allocations that outlive the servers are deleted from Placement. Nova forgets
        those of a migration in some failures, and when a server is deleted while it is migrated. They are told either
        way.
      - When V(false), an allocation that is left is an error.
    type: bool
    default: false
  timeout:
    description: Seconds to wait until all servers are V(ACTIVE), or gone.
    type: int
    default: 300
seealso:
  - module: stackproof.migration.server_live_migrate
  - name: Nova bug 1718455
    description: Live migration of a server that was booted together with others.
    link: https://bugs.launchpad.net/nova/+bug/1718455
"""

EXAMPLES = r"""
- name: Boot two servers in one request
  stackproof.migration.server_batch:
    cloud: mycloud
    name: probe
    count: 2
    image: cirros
    flavor: m1.tiny
    metadata:
      run: "2026-04-01"
  register: batch

- name: Delete them again
  stackproof.migration.server_batch:
    cloud: mycloud
    state: absent
    reservation_id: "{{ batch.reservation_id }}"

- name: Delete whatever a killed run left behind
  stackproof.migration.server_batch:
    cloud: mycloud
    state: absent
    metadata:
      run: "2026-04-01"
"""

RETURN = r"""
reservation_id:
  description: Reservation id that all servers of the batch share. Null when they share none, or it is not visible.
  returned: always
  type: str
  sample: r-3fhpjulh
request_id:
  description: Id of the boot request, for Nova's logs. Null when none was sent, or its answer was lost.
  returned: always
  type: str
  sample: req-6a3e4b8e-2a3c-4d0c-9b34-5a8f1a8d5f2e
servers:
  description:
    - The servers of the batch, sorted by name. With O(state=absent) the servers that were selected, as last seen.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: Id of the server.
      type: str
      sample: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
    name:
      description: Name of the server.
      type: str
      sample: probe-1
    status:
      description:
        - Status of the server; V(DELETED) when it was deleted.
        - In check mode it is what it is now; C(diff) tells what would be there afterwards.
      type: str
      sample: ACTIVE
    status_before:
      description: Status of a server before it was deleted.
      returned: when it was deleted
      type: str
      sample: ACTIVE
    task_state:
      description: What Nova is doing with the server; null when nothing.
      type: str
      sample: null
    host:
      description: Compute host. Null when the user may not see it.
      type: str
      sample: compute1
    host_id:
      description: Hash of host and project; tells hosts apart where O(ignore:host) is null.
      type: str
      sample: 1bd1a3b9a8b7f2c5a1b1a8d1e1e9f8c3e3e5d6c7b8a9f0e1d2c3b4a5
    reservation_id:
      description: Reservation id of the server.
      type: str
      sample: r-3fhpjulh
    project_id:
      description: Project of the server.
      type: str
      sample: 0f1c2d3e4b5a69788796a5b4c3d2e1f0
    availability_zone:
      description: Availability zone of the server.
      type: str
      sample: nova
    locked:
      description: Whether the server is locked.
      type: bool
      sample: false
    created:
      description: When the server was created, in ISO 8601 and UTC.
      type: str
      sample: "2026-04-01T10:00:00Z"
    metadata:
      description: The server's metadata.
      type: dict
      sample: {run: "2026-04-01"}
    addresses:
      description: Its IP addresses. C(type) is V(fixed) or V(floating), C(version) is 4 or 6.
      type: list
      elements: dict
      sample:
        - network: private
          address: 192.0.2.17
          version: 4
          type: fixed
    fault:
      description: Nova's reason when the server is in V(ERROR).
      type: str
      sample: null
allocations_left:
  description:
    - With O(state=absent), what Placement still holds for the deleted servers and their migrations, per consumer (the
      id of the server or the uuid of the migration record) and resource provider.
    - Null when this user may not read Placement, or nothing was deleted.
  returned: always
  type: dict
  sample: {}
allocations_released:
  description: What was left in the same way and was deleted, as RV(allocations_left). See O(release_allocations).
  returned: always
  type: dict
  sample: {}
seconds:
  description: How long the module was at work, authentication included, in seconds.
  returned: always
  type: float
  sample: 1.9
failure:
  description: What failed, with the keys of RV(stackproof.migration.server_live_migrate#module:failure).
  returned: failure
  type: dict
  sample:
    kind: no_valid_host
    message: "Server probe-1 is in ERROR: No valid host was found."
    service: compute
    http_status: null
    request_id: null
"""

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK, Clock
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import pace_of, waiting_arguments
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.boot import NOTHING, Boot, Wanted
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.delete import Removal, Selection

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report

# What Nova takes as a key and as a value.
LONGEST_METADATA = 255


def networks_of(given: Any) -> str | list[str]:
    """The networks option, validated."""
    if given in ("none", "auto"):
        return str(given)
    if isinstance(given, list) and given and all(isinstance(one, str) for one in given):
        return [str(one) for one in given]
    raise InputError(f"networks must be none, auto, or a list of names or ids, found {given!r}.")


def metadata_of(given: dict[str, Any]) -> dict[str, str]:
    """The metadata option, as text."""
    for key, value in given.items():
        if isinstance(value, (dict, list)) or value is None:
            raise InputError(f"metadata: the value of {key} must be text, found {value!r}.")
    pairs = {str(key): str(value) for key, value in given.items()}
    for key, value in pairs.items():
        if not 1 <= len(key) <= LONGEST_METADATA or len(value) > LONGEST_METADATA:
            raise InputError(f"metadata: key and value of {key} must have 1 to {LONGEST_METADATA} characters.")
    return pairs


def check_options(params: dict[str, Any]) -> None:
    """What an argument spec cannot say."""
    present_only = ("image", "flavor", "availability_zone", "key_name", "server_group")
    absent_only = ("servers", "reservation_id")
    wrong = absent_only if params["state"] == "present" else present_only
    given = [name for name in wrong if params[name] is not None]
    if given:
        raise InputError(f"{', '.join(given)} cannot be given with state {params['state']}.")
    if params["count"] < 1:
        raise InputError(f"count must be at least 1, found {params['count']}.")
    if params["state"] == "absent" and not (
        params["servers"] is not None or params["reservation_id"] or params["metadata"]
    ):
        alone = " name alone is not enough, because others may bear it, too:" if params["name"] else ""
        raise InputError(
            f"state absent needs servers, reservation_id or metadata.{alone} give what state present returned, such as"
            " servers: \"{{ batch.servers | map(attribute='id') }}\"."
        )


def batch(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    """One run of the module."""
    check_options(params)
    pace = pace_of(params)
    metadata = metadata_of(params["metadata"])
    networks = networks_of(params["networks"])
    if params["state"] == "absent":
        selection = Selection(params["servers"], params["reservation_id"], metadata, params["name"])
        return Removal(
            connect(params, clock), selection, params["timeout"], pace, check_mode, params["release_allocations"]
        ).run()
    wanted = Wanted(
        name=params["name"],
        count=params["count"],
        image=params["image"],
        flavor=params["flavor"],
        networks=networks,
        metadata=metadata,
        availability_zone=params["availability_zone"],
        key_name=params["key_name"],
        server_group=params["server_group"],
        replace=params["replace"],
    )
    return Boot(connect(params, clock), wanted, params["timeout"], pace, check_mode).run()


MODULE = Definition(
    arguments={
        **waiting_arguments(timeout=300),
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "name": {"type": "str"},
        "count": {"type": "int", "default": 1},
        "image": {"type": "str"},
        "flavor": {"type": "str"},
        "networks": {"type": "raw", "default": "none"},
        "metadata": {"type": "dict", "default": {}},
        "availability_zone": {"type": "str"},
        "key_name": {"type": "str", "no_log": False},
        "server_group": {"type": "str"},
        "replace": {"type": "bool", "default": False},
        "servers": {"type": "list", "elements": "str"},
        "reservation_id": {"type": "str"},
        "release_allocations": {"type": "bool", "default": False},
    },
    work=batch,
    empty=NOTHING,
    checks={"required_if": [("state", "present", ("name", "image", "flavor"))]},
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Parse, run, exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
