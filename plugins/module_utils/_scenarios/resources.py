# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""The options of a run of scenarios, and the resources that the run creates."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CloudError,
    ForbiddenError,
    MicroversionError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import PollIntervals
from ansible_collections.stackproof.migration.plugins.module_utils._module.run_owner import RUN_KEY
from ansible_collections.stackproof.migration.plugins.module_utils._nova import (
    compute_services,
    private_flavors,
    private_images,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios import disabled_hosts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud


@dataclass(frozen=True)
class RunOptions:
    """The options of a run. All times are in seconds."""

    name: str
    image: str
    flavor: str
    # The metadata of everything that the run creates. One key is the id of the run.
    mark: Mapping[str, str]
    tags: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    max_parallel: int = 4
    max_servers: int = 20
    max_image_mib: int = 64
    boot_timeout: float = 300.0
    migrate_timeout: float = 900.0
    settle_timeout: float = 30.0
    delete_timeout: float = 300.0
    same_host_resize: bool = False
    allow_disruptive: bool = False
    verify_guests: bool = False
    pace: PollIntervals = field(default_factory=PollIntervals)
    progress_file: str | None = None

    @property
    def run_id(self) -> str:
        return self.mark[RUN_KEY]


@dataclass
class OwnResources:
    """The private flavors and images of a run, and the compute services that it has disabled. Threads share it."""

    cloud: Cloud
    options: RunOptions
    _flavors: dict[str, dict[str, Any]] = field(default_factory=dict)
    _images: dict[str, dict[str, Any]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def flavor(self, cloud: Cloud, flavor: Mapping[str, Any], *, more_ram: int = 0) -> dict[str, Any]:
        """Create a private copy of a flavor with ``more_ram`` MiB of additional memory."""
        with self._lock:
            number = len(self._flavors) + 1
            self._flavors[str(number)] = {}
        name = f"{self.options.name}-{self.options.run_id}-flavor-{number}"
        created = private_flavors.create_copy(cloud, flavor, name, self.options.mark, more_ram=more_ram)
        self._flavors[str(number)] = created
        return created

    def image(self, cloud: Cloud, image: Mapping[str, Any]) -> dict[str, Any]:
        """Create a private copy of an image."""
        with self._lock:
            number = len(self._images) + 1
            self._images[str(number)] = {}
        name = f"{self.options.name}-{self.options.run_id}-image-{number}"
        created = private_images.create_copy(cloud, image, name, self.options.mark)
        self._images[str(number)] = created
        return created


def delete_marked(cloud: Cloud, selects: Callable[[Mapping[str, str]], bool], *, check_mode: bool = False) -> list[str]:
    """Delete private flavors and images, and enable compute services, if ``selects(mark)`` returns true.

    Return the names of what was deleted or enabled. Raise the first error, after all deletions.
    """
    done: list[str] = []
    errors: list[CloudError] = []
    for kind, found, remove in _marked(cloud):
        for resource, mark in found:
            if not selects(mark):
                continue
            try:
                if not check_mode:
                    remove(cloud, resource)
            except CloudError as error:
                errors.append(error)
            else:
                done.append(f"{kind} {resource}")
    if errors:
        raise errors[0]
    return done


Marked = list[tuple[str, dict[str, str]]]


def _marked(cloud: Cloud) -> Iterator[tuple[str, Marked, Callable[[Cloud, str], None]]]:
    yield "flavor", _visible(lambda: list(private_flavors.marked(cloud, RUN_KEY))), private_flavors.delete
    yield "image", _visible(lambda: list(private_images.marked(cloud, RUN_KEY))), private_images.delete
    yield "compute service", _visible(lambda: disabled_hosts.disabled(compute_services.services(cloud))), _enable


def _enable(cloud: Cloud, host: str) -> None:
    compute_services.change(cloud, compute_services.service_of(cloud, host), "enabled")


def _visible(read: Callable[[], Marked]) -> Marked:
    try:
        return read()
    except (ForbiddenError, MicroversionError):
        return []
