# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that plan the upgrade of a local cloud, and summarize it.

The order of the steps is that of Nova's documentation ("Upgrades", rolling upgrade process): controllers first, then
host by host, then a restart without ``[upgrade_levels]``, then the online data migrations.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._local_cloud.releases import (
    CONTROLLERS,
    Releases,
    change_problems,
    mix_problems,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import (
    RoleInputs,
    number_of,
    switch_of,
    unknown,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ROLE = "local_upgrade"
RESULTS = ("local_upgrade_result",)
START = "start"
MIGRATE_DATA = "migrate-data"
CHECK_UPGRADE = "check-upgrade"
CHECK_PYTHONS = "check-pythons"
# With this value of [upgrade_levels] compute, Nova sends only messages that the oldest compute host understands.
AUTO_LEVEL = "auto"


@dataclasses.dataclass(frozen=True)
class Step:
    """One step of an upgrade.

    ``action`` is the action of cloudctl. The other values are inputs of the role local_cloud for this step.
    ``migrates`` is true if all servers are live-migrated after the step.
    """

    name: str
    action: str
    release: str
    host_releases: tuple[str, ...]
    upgrade_level: str
    networks: str
    migrates: bool

    @property
    def inputs(self) -> dict[str, Any]:
        """The inputs of the role local_cloud for this step."""
        return {
            "local_cloud_state": "started",
            "local_cloud_release": self.release,
            "local_cloud_hosts": [{"release": name} for name in self.host_releases],
            "local_cloud_upgrade_levels_compute": self.upgrade_level,
            "local_cloud_networks": self.networks,
        }

    def as_dict(self) -> dict[str, Any]:
        return {"name": self.name, "action": self.action, "inputs": self.inputs, "migrates": self.migrates}


def steps_of(found: Mapping[str, str], target: str, level: str = "", networks: str = "none") -> list[Step]:
    """Return the steps that upgrade an existing cloud.

    ``found`` contains the releases of the cloud, by ``controllers`` and by the names of the hosts. ``target`` is the
    new release. ``level`` is the value of ``[upgrade_levels] compute`` after the upgrade. ``networks`` is the kind of
    the networks of the cloud.
    """
    hosts = {host: release for host, release in found.items() if host != CONTROLLERS}
    steps = []

    def add(name: str, action: str, *, pin: str = AUTO_LEVEL, migrates: bool = False) -> None:
        steps.append(Step(name, action, target, tuple(hosts.values()), pin, networks, migrates))

    if found[CONTROLLERS] != target:
        add("controllers", START, migrates=True)
    for host in [host for host, release in hosts.items() if release != target]:
        hosts[host] = target
        add(host, START, migrates=True)
    # Each service finds the oldest release at its start. The changed setting restarts all services of Nova.
    add("newest messages", START, pin=level, migrates=True)
    add("online data migrations", MIGRATE_DATA, pin=level)
    add("upgrade checks", CHECK_UPGRADE, pin=level)
    return steps


def present_of(found: Mapping[str, str], level: str = "", networks: str = "none") -> Step:
    """Return the step that starts a cloud with its present releases. The arguments are those of ``steps_of``."""
    hosts = tuple(release for host, release in found.items() if host != CONTROLLERS)
    is_mixed = len(set(found.values())) > 1
    return Step("start", START, found[CONTROLLERS], hosts, AUTO_LEVEL if is_mixed else level, networks, migrates=False)


def plan_of(
    inspection: Mapping[str, Any], inputs: Mapping[str, Any], variables: Iterable[str] = ()
) -> dict[str, list[Any]]:
    """Return the problems that prevent the upgrade, and its steps.

    ``pythons`` contains the step that requires a Python for the new release. It changes nothing. ``present`` contains
    the step that starts the cloud before the upgrade.

    ``inspection`` is the fact ``local_cloud_inspection`` of the role local_cloud. ``inputs`` contains the inputs of the
    role local_upgrade, and ``variables`` the names of the variables that begin with ``local_upgrade_``.
    """
    found, target, level = inspection["releases"], str(inspection["release"]), inspection["upgrade_levels_compute"]
    problems = _input_problems(inputs, variables)
    if not found:
        problems.append(
            f"There is no cloud to upgrade in {inspection['dir']}. Start one with the old release first, for example "
            f"with -e local_cloud_release=2025.1, or set local_cloud_dir."
        )
        return _refused(problems)
    releases = Releases.of(inspection["known_releases"])
    if target not in releases:
        names = ", ".join(sorted(releases.by_name))
        problems.append(f"local_cloud_release must be one of {names}, found {target!r}. Choose one of these values.")
        return _refused(problems)
    hosts = [release for host, release in found.items() if host != CONTROLLERS]
    after = [target for _host in hosts]
    problems += change_problems(found, target, after, releases) or mix_problems(target, hosts, releases)
    if problems:
        return _refused(problems)
    more = (level or "", inspection["found_networks"] or "none")
    steps = steps_of(found, target, *more)
    pythons = dataclasses.replace(steps[-1], name="Pythons", action=CHECK_PYTHONS)
    return {
        "problems": [],
        "pythons": [pythons.as_dict()],
        "present": [present_of(found, *more).as_dict()],
        "steps": [step.as_dict() for step in steps],
    }


def _refused(problems: list[str]) -> dict[str, list[Any]]:
    return {"problems": problems, "pythons": [], "present": [], "steps": []}


def _input_problems(inputs: Mapping[str, Any], variables: Iterable[str]) -> list[str]:
    role_inputs = RoleInputs(ROLE, inputs)
    role_inputs.problems += unknown(variables, [*inputs, *RESULTS])
    role_inputs.require_whole_number("servers", 0)
    role_inputs.require_name("image", "the name of an image", "Set it to an image of the local cloud.")
    role_inputs.require_name("flavor", "the name of a flavor", "Set it to a flavor of the local cloud.")
    role_inputs.require_seconds("probe_interval")
    role_inputs.require_seconds("probe_timeout")
    role_inputs.require_seconds("max_downtime", zero=True)
    role_inputs.require_name("report_dir", "the path of a folder", "Set it to the folder of the report.")
    return role_inputs.problems


def result_of(recorded: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of an upgrade.

    ``recorded`` contains what the tasks of the role have found: the ``steps`` with their results, the ``plan``, the
    output of the ``probe`` (empty without a result), whether ``probe_started``, its error ``probe_problem``, the
    ``consoles`` of the guests and a ``failure`` (empty text if all steps passed). All times are in seconds since 1970
    or in seconds.
    """
    steps = [_step_result(step) for step in recorded["steps"]]
    probes = [_probe_result(entry, steps) for entry in recorded["probe"].get("targets", [])]
    planned = [step["name"] for step in recorded["plan"]]
    failure = (
        str(recorded["failure"] or "")
        or _probe_problem(recorded)
        or _downtime_problem(probes, number_of(recorded["max_downtime"]) or 0.0)
    )
    return {
        "outcome": "failed" if failure else "passed",
        "reason": failure,
        "from": recorded["found"],
        "release": recorded["release"],
        "steps": steps,
        "not_run": planned[len(steps) :] if failure else [],
        "migrations": sum(len(step["migrations"]) for step in steps),
        "probes": probes,
        "guests": [
            {
                "server": console["server_name"],
                "counted_on": console["counted_on"],
                "downtime_seconds": console["downtime_seconds"],
            }
            for console in recorded["consoles"]
        ],
        "changed": any(step["changed"] for step in steps),
    }


def _step_result(step: Mapping[str, Any]) -> dict[str, Any]:
    cloud = step["result"]
    return {
        "name": step["name"],
        "changed": bool(cloud.get("changed")),
        "started": number_of(step["started"]),
        "seconds": round((number_of(step["ended"]) or 0) - (number_of(step["started"]) or 0), 1),
        "releases": cloud.get("releases", {}),
        "checks": cloud.get("checks", []),
        "migrated_rows": cloud.get("migrated_rows", {}),
        "migrations": [
            {
                "server": record["server_name"],
                "source": record["source"],
                "destination": record["destination"],
                "status": record["status"],
            }
            for record in step["migrations"]
        ],
    }


def _probe_result(entry: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the result of the probe of a server, with the step in which its longest downtime started."""
    during = [step["name"] for step in steps if entry["longest_started"] >= step["started"]]
    return {**entry, "during": during[-1] if during and entry["longest"] else ""}


def _probe_problem(recorded: Mapping[str, Any]) -> str:
    """Return why the downtime of the guests is unknown."""
    probe = recorded["probe"]
    if not switch_of(recorded["probe_started"]) or (probe.get("targets") and not probe.get("error")):
        return ""
    why = probe.get("error") or recorded["probe_problem"] or "no result"
    return f"The probe of the guests ended with an error, so their downtime is unknown: {why}"


def _downtime_problem(probes: Sequence[Mapping[str, Any]], accepted: float) -> str:
    """Return why the downtime is not accepted. With ``accepted`` 0, any downtime is accepted."""
    too_long = [entry for entry in probes if accepted and entry["longest"] > accepted]
    return " ".join(
        f"{entry['address']} did not answer for {entry['longest']:.2f} s during the step {entry['during']!r}, and "
        f"local_upgrade_max_downtime={accepted:g}. See the logs of the services that this step restarted."
        for entry in too_long
    )


def summary_of(result: Mapping[str, Any]) -> list[str]:
    """Return the lines that the role prints at the end."""
    lines = [
        f"outcome    {result['outcome']}",
        *([f"reason     {result['reason']}"] if result["reason"] else []),
        f"upgraded   {result['from'].get(CONTROLLERS, '?')} -> {result['release']}",
    ]
    for step in result["steps"]:
        moves = ", ".join(f"{move['source']} -> {move['destination']} {move['status']}" for move in step["migrations"])
        rows = ", ".join(f"{name} {number}" for name, number in step["migrated_rows"].items())
        names = [check["result"] for check in step["checks"]]
        checks = ", ".join(f"{names.count(name)} {name}" for name in dict.fromkeys(names))
        details = "; ".join(filter(None, [moves, rows, checks])) or "done"
        lines.append(f"step       {step['name']} ({step['seconds']:.0f} s): {details}")
    lines += [f"not run    {name}" for name in result["not_run"]]
    lines += [
        f"downtime   {entry['address']}: longest {entry['longest']:.2f} s"
        + (f" in the step {entry['during']}" if entry["during"] else "")
        + f", {entry['answered']} of {entry['asked']} pings answered"
        for entry in result["probes"]
    ]
    lines += [
        f"guest      {guest['server']}: {'counts on' if guest['counted_on'] else 'RESTARTED'}"
        for guest in result["guests"]
    ]
    return lines
