# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Choose the cloud for the playbook ``regression``, and return the inputs of its role.

``variables`` are the variables of the playbook and of the roles. A variable that is not set is an empty string.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import is_empty, switch_of

if TYPE_CHECKING:
    from collections.abc import Mapping

AUTO = "auto"
# The values of ``use``.
CLOUD = "cloud"
LOCAL = "local"
LOCAL_IF_READY = "local_if_ready"
# The entry of the local cloud in clouds.yaml has the name "local".
LOCAL_ENTRY = "local"
_REQUESTED = "The run uses the local cloud on this machine, because regression_local=true requests it."
_READY = "The run uses the local cloud on this machine, because no cloud is named. The run installs no packages."


def choose_cloud(variables: Mapping[str, Any], *, local: Any, os_cloud: str, os_auth_url: str) -> dict[str, Any]:
    """Return which cloud the playbook uses, and the reason.

    ``cloud`` is empty if the user passes the settings as a dictionary. Raise ValueError if ``local`` is not auto, true
    or false.
    """
    wants_local = None if local == AUTO else switch_of(local)
    if wants_local is None and local != AUTO:
        msg = f"regression_local must be auto, true or false, found {local!r}. Choose one of these values."
        raise ValueError(msg)
    named = _named_cloud(variables)
    common = {
        "install_packages": _given(variables, "local_cloud_install_packages", default=AUTO),
        "inconclusive_is_ok": _inconclusive_is_ok(variables),
    }
    if named:
        return {"use": CLOUD, "cloud": _name_of(named), "reason": "", **common}
    if wants_local:
        return {"use": LOCAL, "cloud": "", "reason": _REQUESTED, **common}
    if os_cloud or os_auth_url or wants_local is False:
        return {"use": CLOUD, "cloud": os_cloud, "reason": "", **common}
    return {"use": LOCAL_IF_READY, "cloud": "", "reason": _READY, **common}


def _given(variables: Mapping[str, Any], *names: str, default: Any = "") -> Any:
    return next((variables[name] for name in names if not is_empty(variables.get(name))), default)


def _named_cloud(variables: Mapping[str, Any]) -> Any:
    return _given(variables, "regression_cloud", "migration_cycle_cloud")


def _name_of(cloud: Any) -> str:
    return cloud if isinstance(cloud, str) else ""


def _inconclusive_is_ok(variables: Mapping[str, Any]) -> bool:
    """Return whether the outcome "inconclusive" is a success.

    The variable of the playbook takes precedence over the variable of the role.
    """
    value = _given(variables, "regression_inconclusive_is_ok", "migration_cycle_inconclusive_is_ok", default=False)
    return bool(switch_of(value))


def cycle_inputs_of(
    choice: Mapping[str, Any], variables: Mapping[str, Any], local_cloud: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the inputs of the role migration_cycle for the chosen cloud.

    ``local_cloud`` is the result of the role local_cloud, or empty for another cloud.
    """
    if choice["use"] == CLOUD:
        guest_check = _given(variables, "migration_cycle_verify_guest", default="none")
        return {"cloud": choice["cloud"], "environment": {}, "verify_guest": guest_check, "local_cloud_lines": []}
    clouds_yaml = str(local_cloud.get("clouds_yaml", ""))
    # The role can check guests only on libvirt hosts, with an image that prints a counter.
    counts = local_cloud.get("hypervisor") == "libvirt" and not _given(variables, "migration_cycle_image")
    default = "console" if counts else "none"
    return {
        "cloud": LOCAL_ENTRY,
        "environment": {"OS_CLIENT_CONFIG_FILE": clouds_yaml},
        "verify_guest": _given(variables, "migration_cycle_verify_guest", default=default),
        "local_cloud_lines": _local_cloud_lines(local_cloud) if local_cloud.get("memory_mib") is not None else [],
    }


def _local_cloud_lines(local_cloud: Mapping[str, Any]) -> list[str]:
    return [
        f"hosts      {local_cloud['hypervisor']}",
        f"faults     {', '.join(local_cloud.get('faults') or []) or 'none'}",
        f"memory     {local_cloud['memory_mib']} MiB",
        f"stop       {local_cloud['stop_command']}",
        f"remove     {local_cloud['remove_command']}",
    ]


def target_of(variables: Mapping[str, Any], *, name: str) -> dict[str, Any]:
    """Return the entry of one cloud for the report about all clouds, without secrets.

    ``name`` is the name of the inventory host that represents the cloud.
    """
    return {
        "name": name,
        "cloud": _name_of(_named_cloud(variables) or name),
        "region": _given(variables, "regression_region"),
        "availability_zone": _given(variables, "migration_cycle_availability_zone"),
        "inconclusive_is_ok": _inconclusive_is_ok(variables),
        "redact_hosts": bool(switch_of(_given(variables, "migration_cycle_redact_hosts", default=False))),
    }
