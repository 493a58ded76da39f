#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Boot servers with one multi-create request, or delete servers."""

from __future__ import annotations

DOCUMENTATION = r"""
module: server_batch
short_description: Boot servers with one multi-create request, or delete servers
version_added: 1.0.0
description:
  - Boots several servers with one request and waits until all are V(ACTIVE). Nova bug 1718455 concerns servers that
    were booted with one request.
  - Fails with Nova's reason as soon as a server goes to V(ERROR).
  - With O(state=absent), deletes servers and waits until the servers and their allocations in Placement are deleted.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.wait
  - stackproof.migration.attributes
attributes:
  check_mode:
    support: full
    details:
      - Check mode reads the image, the flavor, the networks, the availability zone, the key pair and the server group.
        It fails, like a run, when one of them does not exist.
      - Check mode does not predict whether the compute hosts have room and whether the quota is sufficient.
      - In check mode O(state=present) boots no server, so RV(reservation_id) is null and RV(servers) is empty. A later
        task with O(state=absent) and these values selects no server.
  diff_mode:
    support: full
  idempotent:
    support: full
    details:
      - O(name) and O(metadata) identify the servers of a batch.
options:
  state:
    description: V(present) boots servers that do not exist yet. V(absent) deletes servers.
    type: str
    choices: [present, absent]
    default: present
  name:
    description:
      - Name of the servers. When O(count) is greater than 1, Nova appends V(-1) to V(-n).
      - Required with O(state=present). With O(state=absent), only servers of this name are selected.
    type: str
  count:
    description: Number of servers to boot, at least 1.
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
      - V(none) boots servers without a network, V(auto) lets Nova choose or create one. Otherwise a list of network
        names or ids.
    type: raw
    default: none
  metadata:
    description:
      - Metadata of the servers.
      - With O(state=absent), only servers with all these keys and values are selected.
    type: dict
    default: {}
  availability_zone:
    description:
      - Availability zone of the servers. Administrators may add a compute host (C(zone:host)).
    type: str
  key_name:
    description: Name of the key pair for the servers.
    type: str
  server_group:
    description: Name or id of the server group that the servers join.
    type: str
  replace:
    description:
      - Whether to delete servers of the batch that are in V(ERROR), and to boot servers until the batch has O(count)
        servers.
      - When V(false), the module fails when servers of the batch are missing or in V(ERROR), and changes nothing.
    type: bool
    default: false
  servers:
    description:
      - Ids or names of the servers to delete. Servers that do not exist are ignored.
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
      - With O(state=absent), whether to delete orphaned allocations of the servers from Placement. Nova leaves
        allocations of a migration after some failures, and when a server is deleted during its migration.
      - When V(false), the module fails when allocations are left. The result lists them in both cases.
    type: bool
    default: false
  timeout:
    description: Maximum number of seconds until all servers are V(ACTIVE), or deleted. Greater than 0.
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

- name: Delete the two servers
  stackproof.migration.server_batch:
    cloud: mycloud
    state: absent
    servers: "{{ batch.servers | map(attribute='id') | list }}"

- name: Delete all servers of a run
  stackproof.migration.server_batch:
    cloud: mycloud
    state: absent
    metadata:
      run: "2026-04-01"
"""

RETURN = r"""
reservation_id:
  description:
    - Reservation id of all servers of the batch. Null when the servers have different ones, when this user may not see
      it, and in check mode.
  returned: always
  type: str
  sample: r-3fhpjulh
request_id:
  description: Id of the boot request in Nova's logs. Null when no request was sent, or its answer was lost.
  returned: always
  type: str
  sample: req-6a3e4b8e-2a3c-4d0c-9b34-5a8f1a8d5f2e
servers:
  description:
    - The servers of the batch, sorted by name. With O(state=absent), the selected servers in the state that was read
      last.
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
        - In check mode, the present status. C(diff) contains the predicted servers.
      type: str
      sample: ACTIVE
    status_before:
      description: Status of the server before its deletion.
      returned: when the server was deleted
      type: str
      sample: ACTIVE
    task_state:
      description: Nova's task on the server; null when there is none.
      type: str
      sample: null
    host:
      description: Compute host. Null when this user may not see it.
      type: str
      sample: compute1
    host_id:
      description: Hash of host and project. It differs between hosts, also where RV(servers[].host) is null.
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
      description: IP addresses of the server. C(type) is V(fixed) or V(floating), C(version) is 4 or 6.
      type: list
      elements: dict
      sample:
        - network: private
          address: 192.0.2.17
          version: 4
          type: fixed
    fault:
      description: Nova's reason when the server is in V(ERROR); null otherwise.
      type: str
      sample: null
allocations_left:
  description:
    - With O(state=absent), the orphaned allocations of the deleted servers and of their migrations in Placement, by
      consumer (the id of the server or the uuid of the migration record) and resource provider.
    - Null when this user may not read Placement, or when no server was deleted.
  returned: always
  type: dict
  sample: {}
allocations_released:
  description: The orphaned allocations that this module deleted, as RV(allocations_left). See O(release_allocations).
  returned: always
  type: dict
  sample: {}
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
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import (
    poll_intervals_of,
    wait_arguments,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_requirements import parse_networks
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.boot import (
    EMPTY_RESULT,
    BatchBoot,
    BatchRequest,
)
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.delete import BatchDeletion, Selection

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report

# Maximum lengths that Nova accepts, in characters
MAX_METADATA_LENGTH = 255
MAX_NAME_LENGTH = 255
PRESENT_ONLY = ("image", "flavor", "availability_zone", "key_name", "server_group")
ABSENT_ONLY = ("servers", "reservation_id")
# When these options are empty, they count as not given.
OPTIONAL_TEXTS = ("availability_zone", "key_name", "server_group")


def parse_metadata(metadata: dict[str, Any]) -> dict[str, str]:
    """Return the metadata option as text; raise InputError for values that Nova does not accept."""
    for key, value in metadata.items():
        if isinstance(value, (dict, list)) or value is None:
            raise InputError(f"metadata: the value of {key} must be text, found {value!r}.")
    pairs = {str(key): str(value) for key, value in metadata.items()}
    for key, value in pairs.items():
        if not 1 <= len(key) <= MAX_METADATA_LENGTH or len(value) > MAX_METADATA_LENGTH:
            raise InputError(f"metadata: key and value of {key} must have 1 to {MAX_METADATA_LENGTH} characters.")
    return pairs


def check_options(params: dict[str, Any], *, check_mode: bool) -> None:
    """Raise InputError for options that contradict each other or are out of range."""
    state = params["state"]
    misplaced = [name for name in (ABSENT_ONLY if state == "present" else PRESENT_ONLY) if params[name] is not None]
    if misplaced:
        raise InputError(f"{', '.join(misplaced)} cannot be given with state {state}.")
    if params["count"] < 1:
        raise InputError(f"count must be at least 1, found {params['count']}.")
    if state == "present":
        _check_present(params)
    else:
        _check_absent(params, check_mode=check_mode)


def _check_present(params: dict[str, Any]) -> None:
    for name in ("name", "image", "flavor"):
        if not params[name].strip():
            raise InputError(f"{name} must not be empty.")
    suffix = len(f"-{params['count']}") if params["count"] > 1 else 0
    if len(params["name"]) + suffix > MAX_NAME_LENGTH:
        raise InputError(
            f"name must have at most {MAX_NAME_LENGTH - suffix} characters, found {len(params['name'])}. Nova refuses"
            f" server names of more than {MAX_NAME_LENGTH} characters."
        )


def _check_absent(params: dict[str, Any], *, check_mode: bool) -> None:
    if not all(name.strip() for name in params["servers"] or []):
        raise InputError("servers contains an empty name. Remove it from the list.")
    # In check mode, servers that were not booted have no reservation id.
    not_booted = check_mode and params["reservation_id"] == ""
    if params["servers"] is None and not params["reservation_id"] and not params["metadata"] and not not_booted:
        by_name = " A name alone is not enough, because other servers may have it, too." if params["name"] else ""
        raise InputError(
            f"state absent needs servers, reservation_id or metadata.{by_name} Use the result of state present, for"
            " example servers: \"{{ batch.servers | map(attribute='id') | list }}\"."
        )


def server_batch(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    """Boot or delete the servers."""
    given = {**params, **{name: params[name] or None for name in OPTIONAL_TEXTS}}
    check_options(given, check_mode=check_mode)
    poll_intervals = poll_intervals_of(given)
    metadata = parse_metadata(given["metadata"])
    networks = parse_networks(given["networks"])
    if given["state"] == "absent":
        # An empty reservation id is allowed in check mode and selects no server.
        servers = [] if given["reservation_id"] == "" and not metadata else given["servers"]
        selection = Selection(servers, given["reservation_id"] or None, metadata, given["name"])
        return BatchDeletion(
            connect(params, clock),
            selection,
            given["timeout"],
            poll_intervals,
            check_mode,
            given["release_allocations"],
        ).run()
    names = ("name", "count", "image", "flavor", "availability_zone", "key_name", "server_group", "replace")
    request = BatchRequest(networks=networks, metadata=metadata, **{name: given[name] for name in names})
    return BatchBoot(connect(params, clock), request, given["timeout"], poll_intervals, check_mode).run()


MODULE = Definition(
    arguments={
        **wait_arguments(timeout=300),
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
    work=server_batch,
    empty=EMPTY_RESULT,
    checks={"required_if": [("state", "present", ("name", "image", "flavor"))]},
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Parse the options, run the module, and exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
