# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Import openstacksdk without its resource classes, which this collection does not use.

The import of these classes would take most of the CPU time and half of the memory of a module.
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
# The module removes these settings of the SDK, because keystoneauth rejects them.
_STATISTICS_PREFIXES = ("statsd_", "prometheus_", "influxdb_")


class _LazyModule(ModuleType):
    """A module that is imported when one of its attributes is first used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


class _LazyImport(MetaPathFinder, Loader):
    """An import hook that loads a slow Python module only when code uses the module."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        del path, target
        return ModuleSpec(fullname, self) if fullname == _LAZY_MODULE else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _LazyModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        # An annotation in the SDK needs the name Connection, but not the real class.
        module.Connection = object  # type: ignore[attr-defined]  # removed by __exit__

    def __enter__(self) -> None:
        sys.meta_path.insert(0, self)

    def __exit__(self, *_error: object) -> None:
        sys.meta_path.remove(self)
        lazy = sys.modules.get(_LAZY_MODULE)
        if isinstance(lazy, _LazyModule):
            vars(lazy).pop("Connection", None)


def import_config() -> Any:
    """Import openstack.config without the resource classes, whose import is slow."""
    if "openstack" in sys.modules:
        return importlib.import_module("openstack.config")
    with _LazyImport():
        return importlib.import_module("openstack.config")


def exceptions() -> Any:
    """Import openstack.exceptions, but not the resource classes of the SDK, which import slowly."""
    import_config()
    return importlib.import_module("openstack.exceptions")


def region(settings: Mapping[str, Any], api_timeout: float) -> CloudRegion:
    """Return the cloud region that the module options, clouds.yaml and the OS_* variables select.

    ``api_timeout`` is the longest duration of each request in seconds.
    """
    from ansible_collections.stackproof.migration.plugins.module_utils._api.transport import BoundedSession  # noqa: PLC0415  # needs keystoneauth, which may be missing

    config = import_config().OpenStackConfig(app_name=APP_NAME, session_constructor=BoundedSession)
    found: CloudRegion = config.get_one(**settings)
    found.config["api_timeout"] = api_timeout
    return found


def clouds_file_candidates() -> list[str]:
    """Return the paths where the SDK searches for clouds.yaml. The SDK uses the first file that exists."""
    named = os.environ.get("OS_CLIENT_CONFIG_FILE")
    searched: list[str] = importlib.import_module("openstack.config.loader").CONFIG_FILES
    # The SDK names a folder twice in some environments.
    return list(dict.fromkeys([*([named] if named else []), *searched]))


def vendor_profile_exists(name: str) -> bool:
    """Return whether the SDK knows a cloud provider (vendor profile) with this name."""
    import_config()
    return bool(importlib.import_module("openstack.config.vendors").get_profile(name))


def auth_plugins() -> list[str]:
    """Return all valid values of the setting auth_type."""
    return sorted(importlib.import_module("keystoneauth1.loading").get_available_plugin_names())


def auth_options(auth_type: str) -> list[str]:
    """Return the keys of the option ``auth`` that an authentication plugin accepts."""
    loader = importlib.import_module("keystoneauth1.loading").get_plugin_loader(auth_type)
    return sorted(option.dest for option in loader.get_options())


def adapter(cloud: CloudRegion, service: str) -> Adapter:
    """Return an adapter of openstacksdk for requests to one service, for example ``compute``."""
    adapter_class = importlib.import_module("keystoneauth1.adapter").Adapter

    def construct(**settings: Any) -> Adapter:
        known = {name: value for name, value in settings.items() if not name.startswith(_STATISTICS_PREFIXES)}
        made: Adapter = adapter_class(**known)
        return made

    return cloud.get_session_client(service, constructor=construct)  # type: ignore[call-overload,no-any-return]  # accepts any callable that returns an adapter
