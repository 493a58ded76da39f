#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find out whether servers can be live-migrated here."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration_preflight
short_description: Find out whether servers can be booted and live-migrated in an OpenStack cloud
version_added: 1.0.0
description:
  - Looks at everything that booting and live-migrating servers needs; credentials and their roles, the Compute API's
    microversions, image, flavor, quota, compute hosts of one hypervisor type with room, and servers that an earlier
    run left behind.
  - Chooses the smallest image and flavor that fit when none is named.
  - What the user may not see is told as unknown, and is no problem.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.attributes
  - stackproof.migration.attributes.info
options:
  image:
    description:
      - Name or id of the image, which is taken whatever it is. When not given, the smallest active one is chosen that
        every usable host can boot.
      - Not chosen are snapshots of volumes; private, community and not accepted shared images of other projects, which
        administrators see, too; images for an architecture or a hypervisor type that fewer than two usable hosts have;
        and images whose properties bind servers to special hosts (a VM mode other than C(hvm), a hypervisor version,
        traits, dedicated CPUs, NUMA, huge pages, a TPM, secure boot, memory encryption).
      - Chosen last are images that other projects share, images whose architecture or hypervisor type cannot be
        confirmed, snapshots of servers, and images with other C(hw_*) or C(img_*) properties. An image that states no
        architecture, or V(x86_64), needs no confirmation.
    type: str
  flavor:
    description:
      - Name or id of the flavor. When not given, the smallest one that the image fits in, and any host can serve, is
        chosen.
    type: str
  count:
    description: How many servers there will be.
    type: int
    default: 1
  host:
    description: Compute host that servers will be migrated to.
    type: str
  source:
    description: Compute host that servers will be migrated from.
    type: str
  availability_zone:
    description: Availability zone of the servers.
    type: str
  spare_servers:
    description:
      - For how many more servers of the flavor a compute host must have room beside the one that is migrated, to count
        as usable. A migration then does not take the last room of a host.
      - Room is what the allocation candidates of Placement tell; it has no effect where the user may not read these.
      - Nova's scheduler does not know of it. Where O(host) is not given, RV(unknown) names the hosts that the scheduler
        may choose all the same.
    type: int
    default: 0
  metadata_key:
    description: Key of the metadata by which servers of earlier runs are known.
    type: str
    default: stackproof_run
  fail_on_problems:
    description: Whether the module fails when it found problems. They are returned either way.
    type: bool
    default: true
seealso:
  - module: stackproof.migration.server_batch
"""

EXAMPLES = r"""
- name: Can live migration be tried here?
  stackproof.migration.migration_preflight:
    cloud: mycloud
    count: 2
    fail_on_problems: false
  register: preflight

- name: Show what stands in the way
  ansible.builtin.debug:
    var: preflight.problems
"""

RETURN = r"""
image:
  description: The image. Null when there is none that can be used.
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
      description: Root disk that it needs, in GiB.
      type: int
    min_ram_mib:
      description: Memory that it needs, in MiB.
      type: int
  sample: {id: 0d5bc9a4-3c3b-4a3e-8d8e-6f4f5a8c9b7d, name: cirros, min_disk_gib: 1, min_ram_mib: 0}
image_chosen:
  description: Whether the image was chosen by this module.
  returned: always
  type: bool
  sample: true
flavor:
  description: The flavor. Null when there is none that can be used.
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
  description: Whether the flavor was chosen by this module.
  returned: always
  type: bool
  sample: true
hosts:
  description: All compute hosts. Null when the user may not see them, which is for administrators by default.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Name of the compute host, as O(host) takes it.
      type: str
    node:
      description: Name of the hypervisor, which is that of its resource provider too.
      type: str
    hypervisor_type:
      description: Type of the hypervisor.
      type: str
    hypervisor_version:
      description: Version of the hypervisor, as a number.
      type: int
    architecture:
      description: Architecture of the host's CPU. Null when the cloud does not tell.
      type: str
    state:
      description: Whether the nova-compute service is V(up) or V(down).
      type: str
    status:
      description: Whether the nova-compute service is V(enabled) or V(disabled).
      type: str
    disabled_reason:
      description: Why it is disabled.
      type: str
    forced_down:
      description: Whether an administrator has declared it down.
      type: bool
    availability_zone:
      description: Availability zone of the host.
      type: str
    servers:
      description: How many servers run there. Null when the cloud does not tell.
      type: int
    free_vcpus:
      description: Virtual CPUs that are free without overcommitment.
      type: int
    free_ram_mib:
      description: Memory that is free without overcommitment, in MiB.
      type: int
    free_disk_gib:
      description: Disk that is free, in GiB.
      type: int
    usable:
      description: Whether a server can be migrated from or to it.
      type: bool
    obstacle:
      description: Why it is not usable.
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
  description: Names of the usable compute hosts. Null when the user may not see them.
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
    - For V(instances), V(cores) and V(ram_mib) the project's limit, what is used, free and needed.
    - A limit of -1 means none; C(free) is null then.
  returned: always
  type: dict
  sample:
    instances: {limit: 10, used: 0, free: 10, needed: 2}
    cores: {limit: 20, used: 0, free: 20, needed: 2}
    ram_mib: {limit: 51200, used: 0, free: 51200, needed: 128}
microversion:
  description: Range of the Compute API's microversions.
  returned: always
  type: dict
  sample: {min: "2.1", max: "2.96"}
cloud:
  description: Where the cloud authenticates, and its region. Null when the cloud could not be asked.
  returned: always
  type: dict
  sample: {auth_url: "https://cloud.example.org:5000/v3", region: RegionOne}
user:
  description: Who we are for the cloud.
  returned: always
  type: dict
  sample: {id: 9f1c2d3e4b5a69788796a5b4c3d2e1f0, name: operator}
project:
  description: The project that we act in.
  returned: always
  type: dict
  sample: {id: 0f1c2d3e4b5a69788796a5b4c3d2e1f0, name: validation}
roles:
  description: Names of our roles in the project.
  returned: always
  type: list
  elements: str
  sample: [manager, member, reader]
orphaned_servers:
  description: Servers of the project that carry O(metadata_key), as
    RV(stackproof.migration.server_batch#module:servers), and with C(run_id), the value of that key.
  returned: always
  type: list
  elements: dict
  sample: []
problems:
  description:
    - What stands in the way. C(kind) is one of V(hosts), V(capacity), V(image), V(flavor), V(quota), V(permission),
      V(input) and V(service).
  returned: always
  type: list
  elements: dict
  sample:
    - kind: hosts
      message: A live migration needs 2 usable compute hosts of one hypervisor type; there is 1 of 1.
unknown:
  description: What could not be found out, and why.
  returned: always
  type: list
  elements: str
  sample: []
seconds:
  description: How long the module was at work, authentication included, in seconds.
  returned: always
  type: float
  sample: 1.2
failure:
  description: What failed, with the keys of RV(stackproof.migration.server_live_migrate#module:failure).
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
    NOTHING,
    Plan,
    Preflight,
    check_plan,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import check_api_timeout
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock


def preflight(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    """One run of the module."""
    del check_mode  # changes nothing
    check_api_timeout(params)
    names = ("image", "flavor", "count", "host", "source", "availability_zone", "spare_servers", "metadata_key")
    plan = Plan(**{name: params[name] for name in names})
    check_plan(plan)
    values = {"changed": False, **Preflight(connect(params, clock), plan).run()}
    problems = values["problems"]
    if problems and params["fail_on_problems"]:
        words = " ".join(problem["message"] for problem in problems)
        return Report.failure(Failure(problems[0]["kind"], words), values)
    return Report(values)


MODULE = Definition(
    arguments={
        "image": {"type": "str"},
        "flavor": {"type": "str"},
        "count": {"type": "int", "default": 1},
        "host": {"type": "str"},
        "source": {"type": "str"},
        "availability_zone": {"type": "str"},
        "spare_servers": {"type": "int", "default": 0},
        "metadata_key": {"type": "str", "default": "stackproof_run", "no_log": False},
        "fail_on_problems": {"type": "bool", "default": True},
    },
    work=preflight,
    empty=NOTHING,
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Parse, run, exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
