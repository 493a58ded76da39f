# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that create a playbook that replays a failed cycle on a local cloud."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.troubleshooting import failed_migrations

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

# A replay uses its own ports, so that another local cloud can run at the same time.
PORT_BASE = 18850
_LEAST_HOSTS = 2
# A replay on a local cloud uses these inputs of the role migration_cycle unchanged.
_INPUTS = (
    "count", "migrate_count", "block_migration", "spare_servers", "wait_for_hosts", "boot_timeout", "migrate_timeout",
    "settle_timeout", "volume_settle_timeout", "port_settle_timeout", "delete_timeout", "on_timeout", "verify_guest",
)  # fmt: skip
_ON_ANY_CLOUD = frozenset({"", "scheduler", "other"})
_BUG = re.compile(r"\bbug (?P<number>\d+)\b")
_HEAD = """\
---
# This playbook replays the run {run_id} on a local cloud in the folder replay-cloud beside this file.
# {fault}
# The replay uses the number of hosts, the flavor size and the inputs of the run, but not its images, networks and load.
# Remove the local cloud afterwards: ansible-playbook {file} -e replay_state=absent
"""


def replay(evidence: Mapping[str, Any], *, faults: Collection[str], file: str = "replay.yml") -> str:
    """Return a playbook that repeats the run on a local cloud.

    Return an empty string if a local cloud cannot repeat the run.
    """
    hosts = (evidence.get("hosts") or {}).get("before") or []
    if evidence.get("outcome") != "failed" or not evidence.get("migrations") or len(hosts) < _LEAST_HOSTS:
        return ""
    fault = fault_of(evidence, faults)
    services = (
        f"The fault {fault} of the local cloud causes the same symptom as in the failed run."
        if fault
        else "The local cloud has no fault. The replay shows whether the run also fails on a cloud without a fault."
    )
    play = {
        "name": f"Replay {evidence['run_id']}",
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "replay_state": "started",
            **_local_cloud(evidence, len(hosts), fault),
            **_cycle(evidence, [str(host["name"]) for host in hosts]),
        },
        "tasks": [
            {
                "name": "Start or remove the local cloud",
                "ansible.builtin.include_role": {"name": "stackproof.migration.local_cloud"},
            },
            {
                "name": "Boot, migrate, verify, clean up",
                "when": "replay_state == 'started'",
                "ansible.builtin.include_role": {
                    "name": "stackproof.migration.migration_cycle",
                    "apply": {"environment": {"OS_CLIENT_CONFIG_FILE": "{{ local_cloud_result.clouds_yaml }}"}},
                },
            },
        ],
    }
    text = yaml.dump([play], Dumper=_Dumper, sort_keys=False, width=140, allow_unicode=True)
    return _HEAD.format(run_id=evidence["run_id"], fault=services, file=file) + text


def fault_of(evidence: Mapping[str, Any], faults: Collection[str]) -> str:
    """Return the name of the local cloud fault that causes the same symptom as the failed run.

    Return an empty string if no fault causes it.
    """
    named = [f"bug-{number}" for number in _BUG.findall(str(evidence.get("reason") or ""))]
    # Faults without a bug number work only with the fake hypervisor, which runs no guests.
    bad = [] if _runs_guests(evidence) else failed_migrations(evidence)[:1]
    symptoms = [name for migration in bad for name, shows in _SYMPTOMS if shows(migration)]
    return next((name for name in (*named, *symptoms) if name in faults), "")


def _runs_guests(evidence: Mapping[str, Any]) -> bool:
    return bool((evidence.get("inputs") or {}).get("verify_guest") == "console")


def _local_cloud(evidence: Mapping[str, Any], hosts: int, fault: str) -> dict[str, Any]:
    guests = _runs_guests(evidence)
    found: dict[str, Any] = {
        "local_cloud_state": "{{ replay_state }}",
        "local_cloud_dir": "{{ playbook_dir }}/replay-cloud",
        "local_cloud_port_base": PORT_BASE,
        "local_cloud_hosts": hosts,
        # Only libvirt hosts run guests.
        "local_cloud_hypervisor": "libvirt" if guests else "fake",
    }
    if fault:
        found["local_cloud_faults"] = [fault]
    flavor = evidence.get("flavor") or {}
    size = {"vcpus": flavor.get("vcpus"), "ram": flavor.get("ram_mib"), "disk": flavor.get("disk_gib")}
    if not guests and all(isinstance(amount, int) for amount in size.values()):
        found["local_cloud_flavors"] = [{"name": "replay", **size}]
    return found


def _cycle(evidence: Mapping[str, Any], hosts: list[str]) -> dict[str, Any]:
    inputs = evidence.get("inputs") or {}
    found: dict[str, Any] = {"migration_cycle_cloud": "local"}
    target = str(inputs.get("target") or "")
    if target in _ON_ANY_CLOUD:
        found["migration_cycle_target"] = target or "scheduler"
    else:
        # The hosts of a local cloud have the names compute1, compute2 and so on.
        found["migration_cycle_target"] = f"compute{hosts.index(target) + 1}" if target in hosts else "other"
    found |= {f"migration_cycle_{name}": inputs[name] for name in _INPUTS if inputs.get(name) not in (None, "")}
    return found


def _check_failed(migration: Mapping[str, Any], *names: str) -> bool:
    failed = {check["name"] for check in migration.get("checks") or [] if check.get("ok") is False}
    return failed == set(names)


def _event_failed(migration: Mapping[str, Any], name: str) -> bool:
    return any(
        event.get("event") == name and str(event.get("result")).lower() == "error"
        for event in migration.get("events") or []
    )


def _last_status(migration: Mapping[str, Any]) -> str:
    return str((migration.get("record") or {}).get("status") or "")


def _server_status(migration: Mapping[str, Any]) -> str:
    return str((migration.get("server") or {}).get("status") or "")


# For each fault, a function returns whether a migration shows its symptom.
_SYMPTOMS: tuple[tuple[str, Callable[[Mapping[str, Any]], bool]], ...] = (
    ("allocation-kept", lambda found: _check_failed(found, "migration_allocations")),
    (
        "completed-but-stayed",
        lambda found: (
            _last_status(found) == "completed"
            and any(check["name"] == "server_host" and check.get("ok") is False for check in found.get("checks") or [])
        ),
    ),
    ("precheck-raises", lambda found: _event_failed(found, "compute_check_can_live_migrate_destination")),
    (
        "error-after-switch",
        lambda found: (
            _server_status(found) == "ERROR" and _event_failed(found, "compute_post_live_migration_at_destination")
        ),
    ),
    (
        "copy-fails",
        lambda found: (
            _last_status(found) == "failed"
            and _server_status(found) == "ACTIVE"
            and any(poll.get("status") == "running" for poll in found.get("history") or [])
        ),
    ),
    (
        "never-ends",
        lambda found: (
            (found.get("failure") or {}).get("kind", found.get("outcome")) == "timeout"
            and any(poll.get("status") == "running" for poll in found.get("history") or [])
        ),
    ),
)


class _Dumper(yaml.SafeDumper):
    """Write YAML lists with the indentation that yamllint requires."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: ARG002  # PyYAML's signature
        return super().increase_indent(flow, indentless=False)
