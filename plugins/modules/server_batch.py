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
  - Boots several servers with one request and waits until all servers are V(ACTIVE). Nova bug 1718455 occurs only if
    one request boots several servers.
  - With O(hosts), the module boots each server on its own compute host with a request of its own. See
    RV(hosts) for the result of each host.
  - If the status of a server becomes V(ERROR), the module fails at once and returns Nova's reason. With O(hosts), the
    module fails only if no server is V(ACTIVE).
  - With O(state=absent), the module deletes servers. The module waits until the servers and their allocations in
    Placement are deleted.
  - Servers can have volumes, ports and a server group. The volumes and ports of a batch get the O(metadata) and the
    O(tags) of the batch, and the name of a new server group contains them. O(state=absent) deletes these resources with
    the servers, and waits until they no longer exist. With O(metadata), it also finds resources whose servers are
    already deleted.
  - The name of a volume is the name of its server.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.devices
  - stackproof.migration.wait
  - stackproof.migration.attributes
attributes:
  check_mode:
    support: full
    details:
      - Check mode reads the image, the flavor, the volume types, the networks, the ports, the security groups, the
        availability zone, the compute hosts, the key pair and the server group. If a resource does not exist, check
        mode fails.
      - Check mode does not predict whether the compute hosts have room.
      - Check mode does not predict whether the quota of servers is sufficient. It checks the quotas of volumes and
        ports.
      - In check mode, O(state=present) boots no server. The module returns an empty list RV(servers), and
        RV(reservation_id) is null. A later task that uses these values with O(state=absent) selects no server.
  diff_mode:
    support: full
  idempotent:
    support: full
    details:
      - All servers with the same O(name) and O(metadata) form one batch.
      - If all servers of the batch exist, the module boots no server.
options:
  state:
    description: V(present) boots the servers that do not exist yet. V(absent) deletes servers.
    type: str
    choices: [present, absent]
    default: present
  name:
    description:
      - Name of the servers. If O(count) is greater than 1, Nova appends V(-1), V(-2) and so on to the names.
      - With O(state=present), this option is required. With O(state=absent), the module selects only servers with this
        name.
    type: str
  count:
    description:
      - Number of servers to boot, at least 1. The default is the number of O(hosts). Without O(hosts), the default is
        1.
    type: int
  hosts:
    description:
      - Names of the compute hosts on which the module boots the servers, one server on each host. If a host is in the
        list twice, the module boots two servers on this host.
      - The servers have the names V(NAME-1), V(NAME-2) and so on, in the order of the list. V(NAME) is the value of
        O(name).
      - If Nova boots no server on one of the hosts, the module still boots the other servers. A server in V(ERROR)
        remains until you delete it. The module returns a warning, and RV(hosts) contains the reason. The module fails
        only if no server is V(ACTIVE).
      - Nova's scheduler checks the hosts. A host that is disabled or full gets no server.
      - If a compute host does not exist, the module fails before it boots a server. If the user cannot list compute
        hosts, Nova checks the names of the hosts.
      - If a server of the batch exists, the module does not check the host of this server.
      - By Nova's default policies, only administrators may name hosts. This option requires microversion 2.74 (Train).
    type: list
    elements: str
  image:
    description: Name or id of the image. With O(state=present), this option is required.
    type: str
  flavor:
    description: Name or id of the flavor. With O(state=present), this option is required.
    type: str
  metadata:
    description:
      - Metadata of the servers, their volumes and their ports.
      - Tags of Neutron contain entries of at most 60 characters, as C(key=value). Longer entries are left out.
      - Required with O(ports), with O(server_group_policy), and with volumes that Nova does not delete.
      - With O(state=absent), the module deletes a server only if the metadata of the server contains all entries of
        O(metadata).
    type: dict
    default: {}
  tags:
    description:
      - Tags of the servers. Each tag has 1 to 60 characters, and contains no comma and no slash.
      - With O(state=absent), the module selects only servers that have all these tags. Nova filters the servers by tag.
        Without tags, Nova lists all servers of the project.
      - With O(state=present), this option requires microversion 2.52 (Pike).
    type: list
    elements: str
    default: []
  availability_zone:
    description:
      - Availability zone of the servers. Administrators may add a compute host (C(zone:host)).
    type: str
  key_name:
    description: Name of the key pair for the servers.
    type: str
  replace:
    description:
      - Whether to delete servers in V(ERROR), and to boot new servers until O(count) servers exist.
      - With V(false), the module fails if servers of an existing batch are missing or in V(ERROR). In this case the
        module changes nothing.
    type: bool
    default: false
  servers:
    description:
      - Ids or names of the servers to delete. The module ignores servers that do not exist.
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
      - With O(state=absent), whether to delete orphaned allocations of the servers from Placement.
      - Nova can leave allocations in Placement if a migration fails, or if a server is deleted during its migration.
      - With V(false), the module fails if there are orphaned allocations. The result always lists the orphaned
        allocations.
    type: bool
    default: false
  migrations:
    description:
      - Results of live migrations of the servers, for example
        RV(stackproof.migration.server_live_migrate#module:migrations).
      - Each entry needs C(server_id) and C(migration_id), the uuid of the migration record. The module ignores entries
        without these keys, and all other keys.
      - If another user deletes a server during its migration, Nova deletes the migration record, too. The module can
        then find orphaned allocations of this server and this migration only if it knows both ids.
      - Only with O(state=absent).
    type: list
    elements: dict
    default: []
  timeout:
    description: Timeout until all servers are V(ACTIVE) or deleted, in seconds. The value must be greater than 0.
    type: int
    default: 300
seealso:
  - module: stackproof.migration.server_live_migrate
  - name: Nova bug 1718455
    description: Nova bug 1718455 affects the live migration of servers that one request booted.
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

- name: Boot one server on each of three compute hosts
  stackproof.migration.server_batch:
    cloud: mycloud
    name: ring
    hosts:
      - compute1
      - compute2
      - compute3
    image: cirros
    flavor: m1.tiny
    metadata:
      run: "2026-04-01"

- name: Boot two servers from volumes, each with a data volume
  stackproof.migration.server_batch:
    cloud: mycloud
    name: probe
    count: 2
    image: cirros
    flavor: m1.tiny
    boot_volume:
      size: 1
    volumes:
      - size: 10
        type: fast
    networks: [private]
    security_groups: [ping]
    metadata:
      run: "2026-04-01"

- name: Boot a server with a fixed address
  stackproof.migration.server_batch:
    cloud: mycloud
    name: fixed
    image: cirros
    flavor: m1.tiny
    ports:
      - network: private
        fixed_ip: 192.0.2.17
    metadata:
      run: "2026-04-01"

- name: Delete the two servers
  stackproof.migration.server_batch:
    cloud: mycloud
    state: absent
    servers: "{{ batch.servers | map(attribute='id') | list }}"

- name: Delete all servers of a run, with their volumes and ports
  stackproof.migration.server_batch:
    cloud: mycloud
    state: absent
    metadata:
      run: "2026-04-01"
"""

RETURN = r"""
reservation_id:
  description:
    - Reservation id of all servers of the batch.
    - Null with O(hosts), in check mode, if the servers have different reservation ids, or if the user cannot see the
      reservation id.
  returned: always
  type: str
  sample: r-3fhpjulh
request_id:
  description: Id of the boot request in Nova's logs. Null with O(hosts), if the module sent no boot request, or if the
    answer to the request was lost.
  returned: always
  type: str
  sample: req-6a3e4b8e-2a3c-4d0c-9b34-5a8f1a8d5f2e
servers:
  description:
    - The servers of the batch, sorted by name.
    - With O(state=absent), the list contains the last known state of each selected server.
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
        - Status of the server. The status is V(DELETED) if the server was deleted.
        - In check mode, C(status) is the current status of the server.
        - In check mode, C(diff) shows the predicted servers.
      type: str
      sample: ACTIVE
    status_before:
      description: Status of the server before its deletion.
      returned: when the server was deleted
      type: str
      sample: ACTIVE
    task_state:
      description: Task that Nova runs on the server. Null if there is no task.
      type: str
      sample: null
    host:
      description: Compute host of the server. Null if the user cannot see hosts.
      type: str
      sample: compute1
    host_id:
      description: Hash of the compute host and the project. You can use the hash to distinguish hosts if
        RV(servers[].host) is null.
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
      description: Time at which the server was created, in ISO 8601 and UTC.
      type: str
      sample: "2026-04-01T10:00:00Z"
    metadata:
      description: Metadata of the server.
      type: dict
      sample: {run: "2026-04-01"}
    volumes_deleted_with_server:
      description: Ids of the attached volumes that Nova deletes with the server.
      type: list
      elements: str
      sample: []
    addresses:
      description: IP addresses of the server. C(type) is V(fixed) or V(floating). C(version) is 4 or 6.
      type: list
      elements: dict
      sample:
        - network: private
          address: 192.0.2.17
          version: 4
          type: fixed
    volumes:
      description: Ids of the volumes that are attached to the server.
      type: list
      elements: str
      sample: [7c1f0a52-5d0e-4f0a-9d3b-0d9b1a6b7a11]
    fault:
      description: The reason that Nova gives if the server is in V(ERROR). Null if the server is in another status.
      type: str
      sample: null
hosts:
  description:
    - The servers on the compute hosts, in the order of O(hosts). The list is empty without O(hosts).
  returned: always
  type: list
  elements: dict
  contains:
    host:
      description: The compute host in O(hosts).
      type: str
      sample: compute1
    server_id:
      description: Id of the server. Null if Nova did not create the server.
      type: str
      sample: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
    request_id:
      description: Id of the boot request in Nova's logs. Null if this task did not boot the server, or if the answer to
        the request was lost.
      type: str
      sample: req-6a3e4b8e-2a3c-4d0c-9b34-5a8f1a8d5f2e
    reason:
      description: The reason why the server is not V(ACTIVE). Null if the server is V(ACTIVE), and in check mode.
      type: str
      sample: null
volumes:
  description:
    - The volumes that Nova created for the servers in this task. The list is empty if the module booted no server.
    - With O(state=absent), the volumes of the selected servers, and volumes with the metadata whose servers no longer
      exist. The list is empty if the user cannot read Cinder.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: Id of the volume.
      type: str
      sample: 6c0581b6-b39c-4d96-83a7-8bd4d6c2bd35
    name:
      description: Name of the volume.
      type: str
      sample: probe-1
    size_gib:
      description: Size in GiB.
      type: int
      sample: 1
    type:
      description: Name of the volume type.
      type: str
      sample: __DEFAULT__
    bootable:
      description: Whether Cinder created the volume from an image.
      type: bool
      sample: true
    status:
      description: Last known status. The status is V(DELETED) if the volume was deleted.
      type: str
      sample: in-use
    server_id:
      description: Id of the server. Null if the server was already deleted.
      type: str
      sample: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
    delete_on_termination:
      description: Whether Nova deletes the volume with the server.
      type: bool
      sample: true
ports:
  description:
    - The ports of the servers that this task booted. The list is empty if the servers have no ports, or if the user
      cannot read Neutron.
    - With O(state=absent), the deleted ports.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: Id of the port.
      type: str
      sample: d656f38f-8b9e-4682-b8ea-d63553218a1c
    name:
      description: Name of the port. Ports that Nova creates have no name.
      type: str
      sample: fixed-port-1
    network_id:
      description: Id of the network.
      type: str
      sample: 9a3a1d9c-1a0b-4b7e-8f7c-5e2d1c0b9a87
    mac_address:
      description: MAC address of the port.
      type: str
      sample: "fa:16:3e:00:00:01"
    addresses:
      description: IP addresses of the port.
      type: list
      elements: str
      sample: [192.0.2.17]
    vnic_type:
      description: Type of the virtual network interface.
      type: str
      sample: normal
    server_id:
      description: Id of the server that uses the port, or null.
      type: str
      sample: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
server_group:
  description: The server group of the servers that this task booted, or the deleted group. Null if there is none.
  returned: always
  type: dict
  contains:
    id:
      description: Id of the server group.
      type: str
    name:
      description: Name of the server group.
      type: str
    policy:
      description: Policy of the server group.
      type: str
  sample: {id: 7f1d0a52-6a61-4b3e-9f3a-1f0f7f3f6d11, name: "probe [run=2026-04-01]", policy: anti-affinity}
allocations_left:
  description:
    - With O(state=absent), this value lists allocations in Placement that deleted servers and their migrations have
      left.
    - The allocations that are left in Placement for each consumer.
    - Each key of this dictionary is the id of a server or the uuid of a migration record.
    - The value for each server or migration lists allocations by resource provider.
    - Null if the user cannot read Placement, or if no server was deleted.
  returned: always
  type: dict
  sample: {}
allocations_released:
  description: The orphaned allocations that this module deleted, in the form of RV(allocations_left). See
    O(release_allocations).
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
from ansible_collections.stackproof.migration.plugins.module_utils._nova import boot_references
from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_devices import (
    BootDevices,
    device_arguments,
    parse_devices,
)
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.boot import (
    EMPTY_RESULT,
    BatchBoot,
    BatchRequest,
)
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.boot_on_hosts import HostBatchBoot
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.delete import BatchDeletion, Selection
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.mark import Mark

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report

# Nova accepts at most this number of characters in a name, and in the keys and values of metadata.
MAX_METADATA_LENGTH = 255
MAX_NAME_LENGTH = 255
MAX_TAG_LENGTH = 60
PRESENT_ONLY = (
    "image",
    "flavor",
    "boot_volume",
    "volumes",
    "ports",
    "security_groups",
    "config_drive",
    "hosts",
    "availability_zone",
    "key_name",
    "server_group",
    "server_group_policy",
)
ABSENT_ONLY = ("servers", "reservation_id")
# For these options, an empty string has the same meaning as no value.
OPTIONAL_TEXTS = ("availability_zone", "key_name", "server_group", "server_group_policy")


def parse_metadata(metadata: dict[str, Any]) -> dict[str, str]:
    """Return the keys and values of the option metadata as text. Raise InputError if Nova does not accept a value."""
    for key, value in metadata.items():
        if isinstance(value, (dict, list)) or value is None:
            raise InputError(f"metadata: the value of {key} must be text, found {value!r}.")
    pairs = {str(key): str(value) for key, value in metadata.items()}
    for key, value in pairs.items():
        if not 1 <= len(key) <= MAX_METADATA_LENGTH or len(value) > MAX_METADATA_LENGTH:
            raise InputError(f"metadata: key and value of {key} must have 1 to {MAX_METADATA_LENGTH} characters.")
    return pairs


def parse_tags(tags: list[str]) -> tuple[str, ...]:
    """Remove duplicates from the tags of the servers. Raise InputError if Nova does not accept a tag."""
    for tag in tags:
        if not 1 <= len(tag) <= MAX_TAG_LENGTH or "," in tag or "/" in tag:
            raise InputError(
                f"tags: a tag must have 1 to {MAX_TAG_LENGTH} characters without comma and slash, found {tag!r}."
            )
    return tuple(dict.fromkeys(tags))


def check_options(params: dict[str, Any], *, check_mode: bool) -> None:
    """Raise InputError if options contradict each other or if a value is out of range."""
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
    if params["hosts"] is not None:
        _check_hosts(params["hosts"], params["count"], params["availability_zone"])
    suffix = len(f"-{params['count']}") if params["count"] > 1 or params["hosts"] else 0
    if len(params["name"]) + suffix > MAX_NAME_LENGTH:
        raise InputError(
            f"name must have at most {MAX_NAME_LENGTH - suffix} characters, found {len(params['name'])}. Nova refuses"
            f" server names of more than {MAX_NAME_LENGTH} characters."
        )


def _check_hosts(hosts: list[str], count: int, availability_zone: str | None) -> None:
    if not hosts or not all(host.strip() for host in hosts):
        raise InputError("hosts must name at least one compute host, and no name may be empty.")
    if count != len(hosts):
        raise InputError(
            f"hosts and count contradict each other: hosts={len(hosts)} count={count}. Remove count, because the module"
            " boots one server on each host."
        )
    if boot_references.host_of(availability_zone) is not None:
        raise InputError(
            f"hosts and availability_zone both name a compute host: availability_zone={availability_zone}. Remove the"
            " host from availability_zone."
        )


def _check_absent(params: dict[str, Any], *, check_mode: bool) -> None:
    if not all(name.strip() for name in params["servers"] or []):
        raise InputError("servers contains an empty name. Remove it from the list.")
    # In check mode, the reservation id is empty, because the earlier task booted no server.
    not_booted = check_mode and params["reservation_id"] == ""
    if params["servers"] is None and not params["reservation_id"] and not params["metadata"] and not not_booted:
        by_name = " A name alone is not enough, because other servers may have the same name." if params["name"] else ""
        raise InputError(
            f"state absent needs servers, reservation_id or metadata.{by_name} Use the result of a task with"
            " state=present, for example servers: \"{{ batch.servers | map(attribute='id') | list }}\"."
        )


def _check_mark(devices: BootDevices, metadata: dict[str, str]) -> None:
    """Raise InputError if a later task could not find the resources of the batch."""
    if devices.needs_mark and not Mark(metadata).metadata_labels:
        raise InputError(
            "metadata is needed with ports, with server_group_policy, and with volumes that have"
            " delete_on_termination=false. The module finds these resources again by the metadata. Set a short entry,"
            " such as metadata={run: nightly-17}."
        )


def server_batch(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    """Boot or delete the servers, and return the report of the module."""
    given = {**params, **{name: params[name] or None for name in OPTIONAL_TEXTS}}
    if given["count"] is None:
        given["count"] = len(given["hosts"] or []) or 1
    check_options(given, check_mode=check_mode)
    poll_intervals = poll_intervals_of(given)
    metadata, tags = parse_metadata(given["metadata"]), parse_tags(given["tags"])
    devices = parse_devices(given)
    if given["state"] == "absent":
        # In check mode, an empty reservation id is valid and selects no server.
        servers = [] if given["reservation_id"] == "" and not metadata else given["servers"]
        selection = Selection(servers, given["reservation_id"] or None, metadata, given["name"], tags)
        return BatchDeletion(
            connect(params, clock),
            selection,
            given["timeout"],
            poll_intervals,
            check_mode,
            given["release_allocations"],
            given["migrations"],
        ).run()
    _check_mark(devices, metadata)
    names = ("name", "count", "image", "flavor", "availability_zone", "key_name", "replace")
    hosts = tuple(given["hosts"] or ())
    options = {name: given[name] for name in names}
    request = BatchRequest(devices=devices, metadata=metadata, tags=tags, hosts=hosts, **options)
    boot = HostBatchBoot if hosts else BatchBoot
    return boot(connect(params, clock), request, given["timeout"], poll_intervals, check_mode).run()


MODULE = Definition(
    arguments={
        **wait_arguments(timeout=300),
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "name": {"type": "str"},
        "count": {"type": "int"},
        "hosts": {"type": "list", "elements": "str"},
        "image": {"type": "str"},
        "flavor": {"type": "str"},
        **device_arguments(),
        "metadata": {"type": "dict", "default": {}},
        "tags": {"type": "list", "elements": "str", "default": []},
        "availability_zone": {"type": "str"},
        "key_name": {"type": "str", "no_log": False},
        "replace": {"type": "bool", "default": False},
        "servers": {"type": "list", "elements": "str"},
        "reservation_id": {"type": "str"},
        "release_allocations": {"type": "bool", "default": False},
        "migrations": {"type": "list", "elements": "dict", "default": []},
    },
    work=server_batch,
    empty=EMPTY_RESULT,
    checks={"required_if": [("state", "present", ("name", "image", "flavor"))]},
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    MODULE.main(clock)


if __name__ == "__main__":
    main()
