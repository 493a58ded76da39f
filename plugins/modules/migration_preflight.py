#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check the preconditions of booting and live-migrating servers."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration_preflight
short_description: Check the preconditions of booting and live-migrating servers
version_added: 1.0.0
description:
  - Checks the preconditions of booting and live-migrating servers.
  - Checks the credentials, the roles of the user and the microversions of the Compute API.
  - Checks the image, the flavor, the networks, the availability zone and the quota.
  - Checks that the volume types, ports, security groups and the server group exist, that existing ports are free, and
    that the quotas of volumes and ports are sufficient.
  - Checks that enough compute hosts of one hypervisor type have room for the servers.
  - Finds servers that earlier test runs did not delete, and volumes, ports and server groups that belong to no server.
  - If you name no image, the module chooses the smallest suitable image. If you name no flavor, it chooses the smallest
    suitable flavor.
  - If the user is not allowed to read a fact, RV(unknown) lists this fact. The module then does not report a problem.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.devices
  - stackproof.migration.attributes
  - stackproof.migration.attributes.info
options:
  image:
    description:
      - Name or id of the image. If you name an image, the module does not reject unsuitable image properties.
      - By default, the module chooses the smallest active image. Every usable host must be able to boot the image, and
        a flavor must have room for the image.
      - The module never chooses snapshots of volumes, encrypted images or hidden images. It never chooses images in a
        container format that Nova does not boot.
      - The module never chooses private images and community images of other projects. It never chooses shared images
        that this project has not accepted.
      - If an image requires an architecture or a hypervisor type, two usable hosts must have it. With fewer such hosts,
        the module does not choose the image.
      - The module never chooses images whose properties need special hosts. These properties are a VM mode other than
        C(hvm), a hypervisor version, traits, dedicated CPUs, NUMA, huge pages, a TPM, secure boot and memory
        encryption.
      - The module prefers an image if it knows that the hosts meet all requirements of the image.
      - If no image certainly meets all requirements, the module may choose an image that it cannot check completely.
        For example, it may choose a snapshot, an image of another project, or an image with an unknown architecture.
      - The architecture V(x86_64) needs no confirmation.
      - If all hosts have the same architecture, the module accepts an image without an architecture.
    type: str
  flavor:
    description:
      - Name or id of the flavor. By default, the module chooses the smallest flavor that has room for the image. Every
        host must be able to boot a server of the flavor.
      - The module never chooses a disabled flavor, or a flavor with a root disk of 0 GiB. With
        O(boot_volume), the root disk of the flavor is not used, so a root disk of 0 GiB is sufficient.
      - The module never chooses flavors whose extra specs need special hosts. These extra specs request traits,
        resources, PCI devices, accelerators, dedicated CPUs, NUMA, huge pages or secure boot.
      - Some extra specs have a different meaning in each cloud. The module chooses a flavor with such an extra spec
        only if no other flavor fits.
    type: str
  count:
    description: Number of servers to boot, at least 1.
    type: int
    default: 1
  host:
    description: The compute host to which servers will be migrated.
    type: str
  source:
    description: The compute host from which servers will be migrated.
    type: str
  availability_zone:
    description: Availability zone of the servers. Administrators may add a compute host (C(zone:host)).
    type: str
  probe_netns:
    description:
      - The network namespace from which a later task probes the servers, as a name or as a path. The module checks that
        the namespace exists on the machine on which the module runs, and that the user may enter it.
    type: str
  probe_network:
    description: Name of the network on which you will probe the servers.
    type: str
  spare_servers:
    description:
      - Number of additional servers of the flavor for which each usable host must have room. This keeps some room free
        after the migration. The value must be at least 0.
      - The module reads the free room from the allocation candidates of Placement.
      - This option has no effect if the user cannot read Placement.
      - Nova's scheduler does not know this option, so it can choose a host without room for the additional servers.
      - If O(host) is not set, RV(unknown) lists the hosts with too little free room.
    type: int
    default: 0
  metadata_key:
    description: The key of the server metadata by which the module finds the servers of earlier test runs.
    type: str
    default: stackproof_run
  tags:
    description:
      - Tags of the servers of earlier runs. Nova lists only servers that have all these tags.
      - Without tags, Nova lists all servers of the project. This takes longer in a project with many servers.
    type: list
    elements: str
    default: []
  fail_on_problems:
    description: Whether the module fails if a precondition is not met. RV(problems) always lists the problems.
    type: bool
    default: true
seealso:
  - module: stackproof.migration.server_batch
"""

EXAMPLES = r"""
- name: Check the preconditions
  stackproof.migration.migration_preflight:
    cloud: mycloud
    count: 2
    fail_on_problems: false
  register: preflight

- name: Show the problems
  ansible.builtin.debug:
    var: preflight.problems
"""

RETURN = r"""
image:
  description: The image for the servers. Null if no image is usable.
  returned: always
  type: dict
  contains:
    id:
      description: Id of the image.
      type: str
    name:
      description: Name of the image.
      type: str
    min_disk_gib:
      description: Required root disk in GiB.
      type: int
    min_ram_mib:
      description: Required memory in MiB.
      type: int
  sample: {id: 0d5bc9a4-3c3b-4a3e-8d8e-6f4f5a8c9b7d, name: cirros, min_disk_gib: 1, min_ram_mib: 0}
image_chosen:
  description: Whether the module chose the image.
  returned: always
  type: bool
  sample: true
flavor:
  description: The flavor. Null if no flavor can be used.
  returned: always
  type: dict
  contains:
    id:
      description: Id of the flavor.
      type: str
    name:
      description: Name of the flavor.
      type: str
    vcpus:
      description: Number of virtual CPUs.
      type: int
    ram_mib:
      description: Memory in MiB.
      type: int
    disk_gib:
      description: Root disk in GiB.
      type: int
  sample: {id: "1", name: m1.tiny, vcpus: 1, ram_mib: 64, disk_gib: 1}
flavor_chosen:
  description: Whether the module chose the flavor.
  returned: always
  type: bool
  sample: true
hosts:
  description: All compute hosts. Null if the user cannot list compute hosts. By Nova's default policies, only
    administrators can list compute hosts.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Name of the compute host. You can use this name in O(host).
      type: str
    node:
      description: Name of the hypervisor. The resource provider of the hypervisor has the same name.
      type: str
    hypervisor_type:
      description: Type of the hypervisor.
      type: str
    hypervisor_version:
      description: Version of the hypervisor, as a number.
      type: int
    architecture:
      description: The CPU architecture of the host. Null if the cloud does not report the architecture.
      type: str
    state:
      description: Whether the nova-compute service is V(up) or V(down).
      type: str
    status:
      description: Whether the nova-compute service is V(enabled) or V(disabled).
      type: str
    disabled_reason:
      description: The reason why the nova-compute service is disabled.
      type: str
    forced_down:
      description: Whether an administrator has forced the nova-compute service down.
      type: bool
    availability_zone:
      description: Availability zone of the host.
      type: str
    servers:
      description: Number of servers on the host. Null if the cloud does not report the number.
      type: int
    free_vcpus:
      description: Free virtual CPUs without overcommitment.
      type: int
    free_ram_mib:
      description: Free memory without overcommitment, in MiB.
      type: int
    free_disk_gib:
      description: Free disk in GiB.
      type: int
    usable:
      description: Whether servers can be migrated from and to the host.
      type: bool
    obstacle:
      description: The reason why the host is not usable. Null if the host is usable.
      type: str
  sample:
    - name: compute1
      node: compute1
      hypervisor_type: QEMU
      hypervisor_version: 7002000
      architecture: x86_64
      state: up
      status: enabled
      disabled_reason: null
      forced_down: false
      availability_zone: nova
      servers: 0
      free_vcpus: 8
      free_ram_mib: 7680
      free_disk_gib: 40
      usable: true
      obstacle: null
usable_hosts:
  description: Names of the usable compute hosts. Null if the user cannot list compute hosts.
  returned: always
  type: list
  elements: str
  sample: [compute1, compute2]
hypervisor_type:
  description: Hypervisor type of the usable hosts.
  returned: always
  type: str
  sample: QEMU
quota:
  description:
    - The quota of the project. The keys are V(instances), V(cores) and V(ram_mib). Each key contains the limit and the
      used, free and needed amounts.
    - A limit of -1 means that there is no limit. In this case C(free) is null.
  returned: always
  type: dict
  sample:
    instances: {limit: 10, used: 0, free: 10, needed: 2}
    cores: {limit: 20, used: 0, free: 20, needed: 2}
    ram_mib: {limit: 51200, used: 0, free: 51200, needed: 128}
microversion:
  description: The range of microversions that the Compute API supports.
  returned: always
  type: dict
  sample: {min: "2.1", max: "2.96"}
cloud:
  description: URL of the Identity service and region of the cloud. Null if the module did not reach the cloud.
  returned: always
  type: dict
  sample: {auth_url: "https://cloud.example.org:5000/v3", region: RegionOne}
user:
  description: The authenticated user.
  returned: always
  type: dict
  sample: {id: 9f1c2d3e4b5a69788796a5b4c3d2e1f0, name: operator}
project:
  description: The project of the authentication token.
  returned: always
  type: dict
  sample: {id: 0f1c2d3e4b5a69788796a5b4c3d2e1f0, name: validation}
roles:
  description: Names of the roles of the user in the project.
  returned: always
  type: list
  elements: str
  sample: [manager, member, reader]
orphaned_servers:
  description:
    - Servers of the project that have the metadata key O(metadata_key).
    - The entries have the keys of RV(stackproof.migration.server_batch#module:servers).
    - C(run_id) is the value of the metadata key O(metadata_key) on the server.
  returned: always
  type: list
  elements: dict
  sample: []
orphaned_resources:
  description: Volumes, ports and server groups of the project that have the metadata key O(metadata_key), and that
    belong to no server.
  returned: always
  type: list
  elements: dict
  contains:
    kind:
      description: V(volume), V(port) or V(server group).
      type: str
    id:
      description: Id of the resource.
      type: str
    name:
      description: Name of the resource.
      type: str
    metadata:
      description: The metadata of the batch to which the resource belongs.
      type: dict
    run_id:
      description: The value of the metadata key O(metadata_key).
      type: str
  sample: []
blockers:
  description:
    - The reasons why Nova cannot live-migrate servers with this flavor, image and ports, according to the rules of
      M(stackproof.migration.host_drain_info).
    - They are no problems, because a test shows whether the prediction is right.
  returned: always
  type: list
  elements: dict
  version_added: 1.1.0
  contains:
    reason:
      description: Name of the reason.
      type: str
      sample: vtpm
    certainty:
      description: V(certain), V(likely) or V(unknown).
      type: str
      sample: certain
    detail:
      description: The problem as a sentence.
      type: str
      sample: The server has a virtual TPM 2.0.
    remedy:
      description: The action that removes the blocker.
      type: str
      sample: Cold-migrate the server in agreement with its owner, because this stops the guest.
  sample: []
problems:
  description:
    - The preconditions that are not met. C(kind) is one of V(hosts), V(capacity), V(image), V(flavor), V(quota),
      V(permission), V(input) and V(service).
  returned: always
  type: list
  elements: dict
  sample:
    - kind: hosts
      message: A live migration needs 2 usable compute hosts of one hypervisor type; there is 1 of 1.
unknown:
  description: Facts that the module could not read, each with the reason.
  returned: always
  type: list
  elements: str
  sample: []
seconds:
  description: Run time of the module in seconds, including authentication.
  returned: always
  type: float
  sample: 1.2
failure:
  description: The failure, with the keys of RV(stackproof.migration.server_live_migrate#module:failure).
  returned: failure
  type: dict
  sample:
    kind: hosts
    message: A live migration needs 2 usable compute hosts of one hypervisor type; there is 1 of 1.
    service: null
    http_status: null
    request_id: null
"""

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import Failure
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._cycle.preflight import (
    EMPTY_RESULT,
    Plan,
    Preflight,
    check_plan,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import check_api_timeout
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report
from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_devices import (
    device_arguments,
    parse_devices,
)

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock

PLAN_OPTIONS = (
    "image",
    "flavor",
    "count",
    "host",
    "source",
    "availability_zone",
    "probe_network",
    "probe_netns",
    "spare_servers",
    "metadata_key",
)


def preflight(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    """Check the preconditions of live migration, and return the result of the module migration_preflight."""
    del check_mode  # The module changes nothing, so check mode runs the same code.
    check_api_timeout(params)
    devices, tags = parse_devices(params), tuple(params["tags"])
    plan = Plan(**{name: params[name] for name in PLAN_OPTIONS}, devices=devices, tags=tags)
    check_plan(plan)
    values = {"changed": False, **Preflight(connect(params, clock), plan).run()}
    problems = values["problems"]
    if problems and params["fail_on_problems"]:
        message = " ".join(problem["message"] for problem in problems)
        return Report.failure(Failure(problems[0]["kind"], message), values)
    return Report(values)


MODULE = Definition(
    arguments={
        "image": {"type": "str"},
        "flavor": {"type": "str"},
        "count": {"type": "int", "default": 1},
        "host": {"type": "str"},
        "source": {"type": "str"},
        "availability_zone": {"type": "str"},
        **device_arguments(),
        "probe_network": {"type": "str"},
        "probe_netns": {"type": "str"},
        "spare_servers": {"type": "int", "default": 0},
        "metadata_key": {"type": "str", "default": "stackproof_run", "no_log": False},
        "tags": {"type": "list", "elements": "str", "default": []},
        "fail_on_problems": {"type": "bool", "default": True},
    },
    work=preflight,
    empty=EMPTY_RESULT,
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    MODULE.main(clock)


if __name__ == "__main__":
    main()
