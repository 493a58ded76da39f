# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requests of this collection to Nova and Placement, and the microversions that it sends with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._api import microversions

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import (
        MicroversionRange,
        MicroversionRequirement,
    )


@dataclass(frozen=True)
class ApiRequest:
    """One kind of request.

    The path has the form of Nova's list of routes. `action` is the key of the request body.
    """

    method: str
    path: str
    # The value is a requirement for Nova, or a microversion for Placement.
    need: MicroversionRequirement | str
    action: str | None = None

    @property
    def service(self) -> str:
        return "placement" if isinstance(self.need, str) else "compute"

    def microversion(self, offered: MicroversionRange) -> str:
        """Return the microversion that the collection sends to a cloud.

        ``offered`` are the microversions that the Nova of the cloud offers.
        """
        return self.need if isinstance(self.need, str) else offered.choose(self.need)

    def title(self, microversion: str) -> str:
        return " ".join(filter(None, (self.service, microversion, self.method, self.path, self.action)))


_SERVER = "/servers/{id}"
_ACTION = "/servers/{id}/action"
_MIGRATION = "/servers/{server_id}/migrations/{id}"

ABORT = ApiRequest("DELETE", _MIGRATION, microversions.ABORT)
ABORT_WAITING = ApiRequest("DELETE", _MIGRATION, microversions.ABORT_WAITING)
ADD_FLAVOR_ACCESS = ApiRequest("POST", "/flavors/{id}/action", microversions.FLAVORS, "addTenantAccess")
ATTACH_PORT = ApiRequest("POST", "/servers/{server_id}/os-interface", microversions.ATTACH_PORT)
BOOT = ApiRequest("POST", "/servers", microversions.BOOT)
BOOT_ON_HOST = ApiRequest("POST", "/servers", microversions.BOOT_ON_HOST)
BOOT_WITHOUT_NETWORKS = ApiRequest("POST", "/servers", microversions.BOOT_WITHOUT_NETWORKS)
BOOT_WITH_TAGS = ApiRequest("POST", "/servers", microversions.BOOT_WITH_TAGS)
BOOT_WITH_VOLUME_TYPE = ApiRequest("POST", "/servers", microversions.BOOT_WITH_VOLUME_TYPE)
CHANGE_SERVICE = ApiRequest("PUT", "/os-services/{id}", microversions.CHANGE_COMPUTE_SERVICES)
COLD_MIGRATE = ApiRequest("POST", _ACTION, microversions.COLD_MIGRATE, "migrate")
COLD_MIGRATE_TO_HOST = ApiRequest("POST", _ACTION, microversions.COLD_MIGRATE_TO_HOST, "migrate")
CONFIRM = ApiRequest("POST", _ACTION, microversions.CONFIRM, "confirmResize")
CREATE_FLAVOR = ApiRequest("POST", "/flavors", microversions.FLAVORS)
CREATE_SERVER_GROUP = ApiRequest("POST", "/os-server-groups", microversions.SERVER_GROUPS)
DELETE = ApiRequest("DELETE", _SERVER, microversions.DELETE)
DELETE_FLAVOR = ApiRequest("DELETE", "/flavors/{id}", microversions.FLAVORS)
DELETE_SERVER_GROUP = ApiRequest("DELETE", "/os-server-groups/{id}", microversions.SERVER_GROUPS)
FORCE_COMPLETE = ApiRequest("POST", f"{_MIGRATION}/action", microversions.FORCE_COMPLETE, "force_complete")
FORCE_DELETE = ApiRequest("POST", _ACTION, microversions.DELETE, "forceDelete")
KEEP_VOLUME = ApiRequest("PUT", "/servers/{server_id}/os-volume_attachments/{id}", microversions.KEEP_VOLUMES)
LIST_ACTIONS = ApiRequest("GET", "/servers/{server_id}/os-instance-actions", microversions.ACTIONS)
LIST_AGGREGATES = ApiRequest("GET", "/os-aggregates", microversions.AGGREGATES)
LIST_FLAVORS = ApiRequest("GET", "/flavors/detail", microversions.FLAVORS)
LIST_HYPERVISOR_DETAILS = ApiRequest("GET", "/os-hypervisors/detail", microversions.HYPERVISORS)
LIST_HYPERVISORS = ApiRequest("GET", "/os-hypervisors", microversions.HYPERVISORS)
LIST_IN_PROGRESS = ApiRequest("GET", "/servers/{server_id}/migrations", microversions.MIGRATIONS_IN_PROGRESS)
LIST_KEY_PAIRS = ApiRequest("GET", "/os-keypairs", microversions.KEY_PAIRS)
LIST_MIGRATIONS = ApiRequest("GET", "/os-migrations", microversions.LIST_MIGRATIONS)
LIST_SERVER_IDS = ApiRequest("GET", "/servers", microversions.SERVER_IDS)
LIST_SERVER_GROUPS = ApiRequest("GET", "/os-server-groups", microversions.SERVER_GROUPS)
LIST_SERVERS = ApiRequest("GET", "/servers/detail", microversions.SERVERS)
LIST_SERVERS_WITH_HOSTS = ApiRequest("GET", "/servers/detail", microversions.SERVERS_WITH_HOSTS)
LIST_SERVERS_WITH_IMAGE_PROPERTIES = ApiRequest("GET", "/servers/detail", microversions.SERVERS_WITH_IMAGE_PROPERTIES)
LIST_SERVERS_WITH_TAGS = ApiRequest("GET", "/servers/detail", microversions.SERVERS_WITH_TAGS)
LIST_SERVICES = ApiRequest("GET", "/os-services", microversions.COMPUTE_SERVICES)
LIST_SHARES = ApiRequest("GET", "/servers/{server_id}/shares", microversions.FILE_SHARES)
LIST_VOLUMES = ApiRequest("GET", "/servers/{server_id}/os-volume_attachments", microversions.VOLUME_ATTACHMENTS)
LIST_ZONES = ApiRequest("GET", "/os-availability-zone", microversions.AVAILABILITY_ZONES)
LIVE_MIGRATE = ApiRequest("POST", _ACTION, microversions.LIVE_MIGRATE, "os-migrateLive")
PAUSE = ApiRequest("POST", _ACTION, microversions.PAUSE, "pause")
READ_ACTION = ApiRequest("GET", "/servers/{server_id}/os-instance-actions/{id}", microversions.ACTIONS)
READ_CONSOLE = ApiRequest("POST", _ACTION, microversions.CONSOLE, "os-getConsoleOutput")
READ_KEY_PAIR = ApiRequest("GET", "/os-keypairs/{id}", microversions.KEY_PAIRS)
READ_LIMITS = ApiRequest("GET", "/limits", microversions.LIMITS)
READ_SERVER = ApiRequest("GET", _SERVER, microversions.SERVERS)
READ_SERVER_GROUP = ApiRequest("GET", "/os-server-groups/{id}", microversions.SERVER_GROUPS)
RESET_STATE = ApiRequest("POST", _ACTION, microversions.RESET_STATE, "os-resetState")
RESIZE = ApiRequest("POST", _ACTION, microversions.COLD_MIGRATE, "resize")
REVERT = ApiRequest("POST", _ACTION, microversions.CONFIRM, "revertResize")
SET_EXTRA_SPECS = ApiRequest("POST", "/flavors/{flavor_id}/os-extra_specs", microversions.FLAVORS)
UNPAUSE = ApiRequest("POST", _ACTION, microversions.PAUSE, "unpause")

CANDIDATES = ApiRequest("GET", "/allocation_candidates", microversions.PLACEMENT)
CONSUMER_ALLOCATIONS = ApiRequest("GET", "/allocations/{id}", microversions.PLACEMENT)
CONSUMER_GENERATION = ApiRequest("GET", "/allocations/{id}", microversions.PLACEMENT_CONSUMER_GENERATIONS)
CONSUMER_TYPE = ApiRequest("GET", "/allocations/{id}", microversions.PLACEMENT_CONSUMER_TYPES)
DELETE_ALLOCATIONS = ApiRequest("DELETE", "/allocations/{id}", microversions.PLACEMENT)
LIST_PROVIDERS = ApiRequest("GET", "/resource_providers", microversions.PLACEMENT)
LIST_SHARING_PROVIDERS = ApiRequest("GET", "/resource_providers", microversions.PLACEMENT_REQUIRED_TRAITS)
NESTED_CANDIDATES = ApiRequest("GET", "/allocation_candidates", microversions.PLACEMENT_NESTED_CANDIDATES)
PROVIDER_AGGREGATES = ApiRequest("GET", "/resource_providers/{id}/aggregates", microversions.PLACEMENT)
PROVIDER_ALLOCATIONS = ApiRequest("GET", "/resource_providers/{id}/allocations", microversions.PLACEMENT)
PROVIDER_TRAITS = ApiRequest("GET", "/resource_providers/{id}/traits", microversions.PLACEMENT)
READ_PROVIDER = ApiRequest("GET", "/resource_providers/{id}", microversions.PLACEMENT)
REPLACE_ALLOCATIONS = ApiRequest("PUT", "/allocations/{id}", microversions.PLACEMENT_CONSUMER_GENERATIONS)

ALL = tuple(value for value in list(globals().values()) if isinstance(value, ApiRequest))
