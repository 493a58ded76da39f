# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that validate the inputs of the role ``local_cloud``, and convert their types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._local_cloud.releases import (
    Releases,
    change_problems,
    mix_problems,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import (
    RoleInputs,
    is_empty,
    number_of,
    switch_of,
    unknown,
    whole_number_of,
)
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROLE = "local_cloud"
# The role sets these facts, or another entry point reads them.
RESULTS = ("local_cloud_result", "local_cloud_inspection", "local_cloud_step")
STATES = ("started", "stopped", "absent")
HYPERVISORS = ("auto", "fake", "libvirt")
VOLUMES = ("none", "auto", "fake", "nfs", "rbd")
NETWORKS = ("none", "flat", "ovn")
# The services that can run a source tree.
SERVICES = ("keystone", "glance", "placement", "nova", "neutron", "cinder")
INSTALL_PACKAGES = ("auto", "true", "false")
# The only option of an entry of local_cloud_hosts.
RELEASE = "release"
# With this value of local_cloud_upgrade_levels_compute, Nova itself finds the oldest release of the compute hosts.
AUTO = "auto"
# The program cloudctl checks the same limits.
MAX_HOSTS = 200
MAX_GUEST_MEMORY = 2048  # MiB
PORTS = 9
# Only root may use the ports below this number.
FIRST_PORT = 1024
LAST_PORT = 65535
# Each entry is a key, its smallest value, and whether only whole numbers are valid.
_FLAVOR_NUMBERS = (("vcpus", 1, True), ("ram", 1, True), ("disk", 0, True))
_GUEST_NUMBERS = (("memory", 1, True), ("dirty_rate", 0, False))


def problems_of(
    inputs: Mapping[str, Any],
    variables: Iterable[str] = (),
    releases: Mapping[str, Mapping[str, Any]] | None = None,
    found: Mapping[str, str] | None = None,
) -> list[str]:
    """Return a message for each invalid input of the role local_cloud.

    ``variables`` contains the names of the variables that begin with ``local_cloud_``. ``releases`` contains the
    variables of each OpenStack release by its name. If it is empty, every release is valid. ``found`` contains the
    releases of the existing cloud (see ``change_problems``).
    """
    role_inputs = RoleInputs(ROLE, inputs)
    role_inputs.problems += unknown(variables, [*inputs, *RESULTS])
    role_inputs.require_choice("state", STATES)
    role_inputs.require_name("dir", "the path of a folder", "Set it to the folder of the cloud.")
    _check_hosts(role_inputs)
    if releases:
        _check_releases(role_inputs, releases, found or {})
    role_inputs.require_choice("volumes", VOLUMES)
    role_inputs.require_choice("networks", NETWORKS)
    if role_inputs["volumes"] == "rbd" and role_inputs["networks"] in ("flat", "ovn"):
        role_inputs.problems.append(
            f"{role_inputs.named('volumes')}=rbd cannot be used with "
            f"{role_inputs.named('networks')}={role_inputs['networks']}, because "
            f"guests in network namespaces do not reach Ceph. Set {role_inputs.named('volumes')}=nfs, or "
            f"{role_inputs.named('networks')}=none."
        )
    _check_ports(role_inputs)
    role_inputs.require_text("python", what="the path of a Python interpreter")
    role_inputs.require_name("environments_dir", "the path of a folder", "Set it to the folder of the environments.")
    role_inputs.require_choice("install_packages", INSTALL_PACKAGES)
    role_inputs.require_seconds("start_timeout")
    _check_entries(role_inputs, "guests", "image", _GUEST_NUMBERS)
    _check_entries(role_inputs, "flavors", "name", _FLAVOR_NUMBERS)
    role_inputs.require_switches("debug", "notifications")
    faults = role_inputs["faults"]
    if not (_is_list(faults) and all(isinstance(name, str) and name for name in faults)):
        role_inputs.refuse("faults", "a list of names of faults", "Set it to a list of names, or to [] for no fault.")
    _check_sources(role_inputs)
    return role_inputs.problems


def _check_sources(role_inputs: RoleInputs) -> None:
    sources = role_inputs["sources"]
    if not isinstance(sources, Mapping):
        role_inputs.refuse(
            "sources",
            "a dictionary with the path of a source tree for each service",
            "Set it to {nova: PATH}, or to {}.",
        )
        return
    named = role_inputs.named("sources")
    for service, path in sources.items():
        if service not in SERVICES:
            question = f" {did_you_mean(str(service), SERVICES)}".rstrip()
            role_inputs.problems.append(
                f"{named} has no service {service}.{question} The services are {', '.join(SERVICES)}."
            )
        elif not isinstance(path, str) or not path.startswith(("/", "~")):
            role_inputs.problems.append(
                f"{named}: the value of {service} must be an absolute path, found {path!r}. Set it to the top folder of"
                " a source tree."
            )


def _check_hosts(role_inputs: RoleInputs) -> None:
    role_inputs.require_choice("hypervisor", HYPERVISORS)
    _check_number_of_hosts(role_inputs)
    hosts = len(host_releases(inputs=role_inputs.values))
    if role_inputs["hypervisor"] == "libvirt" and hosts > MAX_HOSTS:
        role_inputs.problems.append(
            f"{role_inputs.named('hosts')} must be at most {MAX_HOSTS} with "
            f"{role_inputs.named('hypervisor')}=libvirt, found {hosts}. Lower {role_inputs.named('hosts')}, or set "
            f"{role_inputs.named('hypervisor')} to fake."
        )
    role_inputs.require_seconds("migration_seconds", zero=True)
    role_inputs.require_whole_number("migration_bandwidth", 0, " for no limit")
    role_inputs.require_switches("post_copy", "same_host_resize")
    role_inputs.require_text("qemu", what="the path of a folder")
    role_inputs.require_whole_number("live_migrations_per_host", 1)
    role_inputs.require_whole_number("api_workers", 1)


def _check_number_of_hosts(role_inputs: RoleInputs) -> None:
    """Require a number of hosts, or a list with a dictionary for each host."""
    hosts, name = role_inputs["hosts"], role_inputs.named("hosts")
    if not _is_list(hosts):
        number = whole_number_of(hosts)
        if number is None or number < 1:
            must = "a whole number of at least 1, or a list with a dictionary for each host"
            role_inputs.refuse("hosts", must, "Set it to 1 or more, or for example to [{release: '2026.1'}, {}].")
        return
    if not hosts or not all(isinstance(entry, dict) for entry in hosts):
        role_inputs.refuse("hosts", "a list with a dictionary for each host", "For example [{release: '2026.1'}, {}].")
        return
    for option in sorted({str(key) for entry in hosts for key in entry} - {RELEASE}):
        question = did_you_mean(option, [RELEASE])
        role_inputs.problems.append(f"{name} has no option {option}. The only option is {RELEASE}. {question}".rstrip())


def _check_releases(
    role_inputs: RoleInputs, releases: Mapping[str, Mapping[str, Any]], found: Mapping[str, str]
) -> None:
    """Require known releases, a mix of releases that Nova supports, and no downgrade of the existing cloud."""
    names = sorted(releases)
    controllers, hosts = str(role_inputs["release"]), host_releases(role_inputs.values)
    level = role_inputs["upgrade_levels_compute"]
    unknown_releases = [
        *([("release", controllers)] if controllers not in releases else []),
        *(("hosts", name) for name in dict.fromkeys(hosts) if name not in releases and name != controllers),
    ]
    for name, release in unknown_releases:
        what = "must be" if name == "release" else "release must be"
        separator = " " if name == "release" else ": "
        role_inputs.problems.append(
            f"{role_inputs.named(name)}{separator}{what} one of {', '.join(names)}, found {release!r}. "
            f"{did_you_mean(release, names)}".rstrip()
            + ("" if did_you_mean(release, names) else " Choose one of these values.")
        )
    if not is_empty(level) and level not in (AUTO, *names):
        role_inputs.refuse("upgrade_levels_compute", f"{AUTO}, one of {', '.join(names)}, or empty", "Choose a value.")
    if unknown_releases or role_inputs["state"] != "started":
        return
    known = Releases.of(releases)
    role_inputs.problems += mix_problems(controllers, hosts, known) or change_problems(found, controllers, hosts, known)


def host_releases(inputs: Mapping[str, Any]) -> list[str]:
    """Return the release of each compute host. By default it is the release of the controllers.

    The list is empty if the input ``hosts`` is not valid.
    """
    role_inputs = RoleInputs(ROLE, inputs)
    hosts, controllers = role_inputs["hosts"], str(role_inputs["release"])
    if _is_list(hosts):
        entries = [entry if isinstance(entry, dict) else {} for entry in hosts]
        return [controllers if is_empty(entry.get(RELEASE)) else str(entry[RELEASE]) for entry in entries]
    return [controllers] * max(whole_number_of(hosts) or 0, 0)


def _check_ports(role_inputs: RoleInputs) -> None:
    first, last = whole_number_of(role_inputs["port_base"]), LAST_PORT - PORTS + 1
    if first != 0 and not (first is not None and FIRST_PORT <= first <= last):
        role_inputs.refuse(
            "port_base",
            f"0, or a number from {FIRST_PORT} to {last}",
            f"Set the first of {PORTS} consecutive free ports, or 0 for the default.",
        )


def _check_entries(role_inputs: RoleInputs, name: str, key: str, numbers: Sequence[tuple[str, int, bool]]) -> None:
    """Check an input that is a list of dictionaries.

    The value of ``key`` must be unique, and the ``numbers`` must be valid.
    """
    entries, options = role_inputs[name], [key, *(option for option, _minimum, _whole in numbers)]
    if not (_is_list(entries) and all(isinstance(entry, dict) for entry in entries)):
        role_inputs.refuse(name, f"a list of dictionaries with {', '.join(options)}", "Set it to such a list.")
        return
    titles: set[str] = set()
    for entry in entries:
        title = str(entry.get(key, ""))
        if not title.strip():
            _refuse_option(role_inputs, name, entry, key, "a text", f"Give each entry of the list a value for {key}.")
        elif title in titles:
            role_inputs.problems.append(
                f"{role_inputs.named(name)} has {key}={title!r} more than once. Rename one of them."
            )
        titles.add(title)
        for option, minimum, whole in numbers:
            _check_number(role_inputs, name, entry, option, minimum, whole=whole)
        for option in sorted(set(map(str, entry)) - set(options)):
            role_inputs.problems.append(
                f"{role_inputs.named(name)} has no option {option}. The options are {', '.join(options)}."
            )


def _check_number(
    role_inputs: RoleInputs, name: str, entry: Mapping[str, Any], option: str, minimum: int, *, whole: bool
) -> None:
    number = (whole_number_of if whole else number_of)(entry.get(option))
    maximum = MAX_GUEST_MEMORY if option == "memory" else None
    if number is None or number < minimum or (maximum is not None and number > maximum):
        kind = "a whole number" if whole else "a number"
        must = f"{kind} from {minimum} to {maximum}" if maximum else f"{kind} of at least {minimum}"
        _refuse_option(role_inputs, name, entry, option, must, "Correct the value.")


def _refuse_option(
    role_inputs: RoleInputs, name: str, entry: Mapping[str, Any], option: str, must: str, action: str
) -> None:
    found = entry.get(option, "")
    role_inputs.problems.append(
        f"{role_inputs.named(name)}: {option} must be {must}, found {found!r} in {dict(entry)}. {action}"
    )


def settings_of(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Convert valid role inputs to the types that the program cloudctl requires."""
    role_inputs = RoleInputs(ROLE, inputs)
    return {
        "dir": role_inputs["dir"],
        "python": role_inputs["python"] or "",
        "environments_dir": role_inputs["environments_dir"],
        "auto_hypervisor": role_inputs["hypervisor"] == "auto",
        "hypervisor_settings": {
            "migration_seconds": number_of(role_inputs["migration_seconds"]),
            "migration_bandwidth": whole_number_of(role_inputs["migration_bandwidth"]),
            "post_copy": switch_of(role_inputs["post_copy"]),
            "qemu": role_inputs["qemu"] or "",
        },
        "host_releases": host_releases(inputs),
        "upgrade_levels_compute": role_inputs["upgrade_levels_compute"] or "",
        "live_migrations_per_host": whole_number_of(role_inputs["live_migrations_per_host"]),
        "same_host_resize": switch_of(role_inputs["same_host_resize"]),
        "api_workers": whole_number_of(role_inputs["api_workers"]),
        "networks": role_inputs["networks"],
        "port_base": whole_number_of(role_inputs["port_base"]),
        "start_timeout": number_of(role_inputs["start_timeout"]),
        "guests": [_typed(entry, _GUEST_NUMBERS) for entry in role_inputs["guests"]],
        "flavors": [_typed(entry, _FLAVOR_NUMBERS) for entry in role_inputs["flavors"]],
        "debug": switch_of(role_inputs["debug"]),
        "notifications": switch_of(role_inputs["notifications"]),
        "faults": list(role_inputs["faults"]),
        "sources": dict(role_inputs["sources"]),
    }


def _typed(entry: Mapping[str, Any], numbers: Sequence[tuple[str, int, bool]]) -> dict[str, Any]:
    typed = {option: (whole_number_of if whole else number_of)(entry[option]) for option, _minimum, whole in numbers}
    return {**entry, **typed}


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))
