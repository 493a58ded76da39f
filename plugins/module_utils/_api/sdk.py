# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Create the configuration and the sessions of openstacksdk without its resource classes.

`import openstack` imports the classes of every resource of every service. This import needs most of the CPU time and
half of the memory of a module. This collection does not use these classes. So they are imported only when other code
uses them.
"""

from __future__ import annotations

import importlib
import os
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keystoneauth1.adapter import Adapter
    from openstack.config.cloud_region import CloudRegion

APP_NAME = "stackproof.migration"
_LAZY_MODULE = "openstack.connection"
# Settings that the SDK passes to its own adapter class. The adapter class of keystoneauth does not accept these
# settings.
_STATISTICS_PREFIXES = ("statsd_", "prometheus_", "influxdb_")


class _LazyModule(ModuleType):
    """A module that is imported at the first access to its attributes."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


class _LazyImport(MetaPathFinder, Loader):
    """An import hook. While it is active, it returns a lazy module in the place of the real module."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        del path, target
        return ModuleSpec(fullname, self) if fullname == _LAZY_MODULE else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _LazyModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        # The package openstack uses this class in an annotation during its import.
        module.Connection = object  # type: ignore[attr-defined]  # removed by __exit__

    def __enter__(self) -> None:
        sys.meta_path.insert(0, self)

    def __exit__(self, *_error: object) -> None:
        sys.meta_path.remove(self)
        lazy = sys.modules.get(_LAZY_MODULE)
        if isinstance(lazy, _LazyModule):
            vars(lazy).pop("Connection", None)


def import_config() -> Any:
    """Return the module openstack.config without importing the resource classes."""
    if "openstack" in sys.modules:
        return importlib.import_module("openstack.config")
    with _LazyImport():
        return importlib.import_module("openstack.config")


def exceptions() -> Any:
    """Return the module openstack.exceptions without importing the resource classes."""
    import_config()
    return importlib.import_module("openstack.exceptions")


def region(settings: Mapping[str, Any], api_timeout: float) -> CloudRegion:
    """Return the cloud that these settings, clouds.yaml and OS_* variables select.

    Each request takes at most api_timeout seconds. This limit includes discovery and authentication.
    """
    from ansible_collections.stackproof.migration.plugins.module_utils._api.transport import BoundedSession  # noqa: PLC0415  # needs keystoneauth, which may be missing

    config = import_config().OpenStackConfig(app_name=APP_NAME, session_constructor=BoundedSession)
    found: CloudRegion = config.get_one(**settings)
    found.config["api_timeout"] = api_timeout
    return found


def clouds_file_candidates() -> list[str]:
    """Return the paths at which the SDK searches for clouds.yaml, in the order of the search."""
    named = os.environ.get("OS_CLIENT_CONFIG_FILE")
    searched: list[str] = importlib.import_module("openstack.config.loader").CONFIG_FILES
    return [*([named] if named else []), *searched]


def vendor_profile_exists(name: str) -> bool:
    """Return whether the SDK contains a vendor profile of this name."""
    import_config()
    return bool(importlib.import_module("openstack.config.vendors").get_profile(name))


def auth_plugins() -> list[str]:
    """Return the names of the authentication plugins that can be used as auth_type."""
    return sorted(importlib.import_module("keystoneauth1.loading").get_available_plugin_names())


def auth_options(auth_type: str) -> list[str]:
    """Return the keys that an authentication plugin accepts in auth."""
    loader = importlib.import_module("keystoneauth1.loading").get_plugin_loader(auth_type)
    return sorted(option.dest for option in loader.get_options())


def adapter(cloud: CloudRegion, service: str) -> Adapter:
    """Return the adapter for requests to a service. It uses the settings that the cloud has for this service."""
    adapter_class = importlib.import_module("keystoneauth1.adapter").Adapter

    def construct(**settings: Any) -> Adapter:
        known = {name: value for name, value in settings.items() if not name.startswith(_STATISTICS_PREFIXES)}
        made: Adapter = adapter_class(**known)
        return made

    return cloud.get_session_client(service, constructor=construct)  # type: ignore[call-overload,no-any-return]  # accepts any callable that returns an adapter
