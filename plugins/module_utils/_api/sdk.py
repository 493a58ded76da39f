# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Of openstacksdk its configuration and its sessions, and nothing else.

`import openstack` imports the classes of every resource of every service: most of the CPU time and half of the memory
of a module that needs none of them. So that part is put off until somebody asks for it, which here nobody does.
"""

from __future__ import annotations

import importlib
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keystoneauth1.adapter import Adapter
    from openstack.config.cloud_region import CloudRegion

_PUT_OFF = "openstack.connection"
# What the SDK hands to its own adapters for their statistics, and keystoneauth's do not know.
_STATISTICS = ("statsd_", "prometheus_", "influxdb_")


class _LazyModule(ModuleType):
    """A module that is imported when something of it is wanted."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


class _LazyImport(MetaPathFinder, Loader):
    """Puts such a module in the place of the real one while it is at work."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        del path, target
        return ModuleSpec(fullname, self) if fullname == _PUT_OFF else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _LazyModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        # the package names this class in an annotation while it is imported
        module.Connection = object  # type: ignore[attr-defined]  # gone in a moment

    def __enter__(self) -> None:
        sys.meta_path.insert(0, self)

    def __exit__(self, *_error: object) -> None:
        sys.meta_path.remove(self)
        put_off = sys.modules.get(_PUT_OFF)
        if isinstance(put_off, _LazyModule):
            vars(put_off).pop("Connection", None)


def import_config() -> Any:
    """The SDK's configuration, without what else the SDK has."""
    if "openstack" in sys.modules:
        return importlib.import_module("openstack.config")
    with _LazyImport():
        return importlib.import_module("openstack.config")


def exceptions() -> Any:
    """The SDK's exceptions, without what else the SDK has."""
    import_config()
    return importlib.import_module("openstack.exceptions")


def region(given: Mapping[str, Any]) -> CloudRegion:
    """The cloud that these settings, clouds.yaml and OS_* variables name."""
    found: CloudRegion = import_config().get_cloud_region(app_name="stackproof.migration", **given)
    return found


def known_clouds() -> tuple[str | None, list[str]]:
    """The clouds.yaml that the SDK reads, if it finds one, and which clouds it names."""
    config = import_config().OpenStackConfig(app_name="stackproof.migration")
    file = config.config_filename
    # without a file there is an entry of the SDK's own
    return (str(file), sorted(config.get_cloud_names())) if file else (None, [])


def adapter(cloud: CloudRegion, service: str) -> Adapter:
    """Requests to one service, with the settings that the cloud has for it."""
    plain = importlib.import_module("keystoneauth1.adapter").Adapter

    def construct(**settings: Any) -> Adapter:
        known = {name: value for name, value in settings.items() if not name.startswith(_STATISTICS)}
        made: Adapter = plain(**known)
        return made

    return cloud.get_session_client(service, constructor=construct)  # type: ignore[call-overload,no-any-return]  # any that makes one will do
