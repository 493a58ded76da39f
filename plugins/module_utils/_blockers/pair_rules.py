# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Rules about a pair of compute hosts: whether a server can move from one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import (
    CERTAIN,
    LIKELY,
    UNKNOWN,
    Blocker,
    MoveContext,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Judge = Callable[[Mapping[str, Any], Mapping[str, Any], MoveContext], Blocker | None]

# Since Nova 25 (Yoga), the option skip_hypervisor_version_check_on_lm can switch the check off.
_YOGA = 25
_FEATURES_SHOWN = 4


@dataclass(frozen=True)
class PairRule:
    """One reason for which Nova refuses a live migration between two hosts."""

    reason: str
    judge: Judge
    source: str


def type_blocker(source: Mapping[str, Any], target: Mapping[str, Any], context: MoveContext) -> Blocker | None:
    del context
    if source["hypervisor_type"] == target["hypervisor_type"]:
        return None
    return Blocker(
        "hypervisor_type",
        CERTAIN,
        f"The hypervisor of {source['name']} is {source['hypervisor_type']}, and the hypervisor of {target['name']} is"
        f" {target['hypervisor_type']}.",
        "Choose a host with the same hypervisor.",
    )


def version_blocker(source: Mapping[str, Any], target: Mapping[str, Any], context: MoveContext) -> Blocker | None:
    """Compare the versions of the hypervisors. Nova refuses an older destination."""
    old, new = target.get("hypervisor_version"), source.get("hypervisor_version")
    if old is None or new is None or old >= new:
        return None
    return Blocker(
        "hypervisor_version",
        LIKELY if context.releases[1] >= _YOGA else CERTAIN,
        f"The hypervisor of {target['name']} is older than the hypervisor of {source['name']} ({old} < {new}).",
        f"Upgrade {target['name']}, or set [workarounds]skip_hypervisor_version_check_on_lm.",
    )


def cpu_blocker(source: Mapping[str, Any], target: Mapping[str, Any], context: MoveContext) -> Blocker | None:
    """Compare the CPUs of two hosts, as libvirt's check on the destination does.

    Nova compares the CPU of the guest if it has its own CPU model. The API does not show this model.
    """
    del context
    here, there = source.get("cpu_info") or {}, target.get("cpu_info") or {}
    if not here or not there:
        return None
    for key in ("arch", "vendor"):
        if here.get(key) and there.get(key) and here[key] != there[key]:
            return _cpu(source, target, f"the CPU has {key} {here[key]}, but {target['name']} has {there[key]}", LIKELY)
    missing = sorted(set(here.get("features") or ()) - set(there.get("features") or ()))
    if here.get("model") != there.get("model"):
        models = f"the CPU model is {here.get('model')}, but {target['name']} has {there.get('model')}"
        return _cpu(source, target, models, UNKNOWN)
    if not missing:
        return None
    more = f" and {len(missing) - _FEATURES_SHOWN} more" if len(missing) > _FEATURES_SHOWN else ""
    named = ", ".join(missing[:_FEATURES_SHOWN])
    return _cpu(source, target, f"{target['name']} does not have the CPU features {named}{more}", LIKELY)


def _cpu(source: Mapping[str, Any], target: Mapping[str, Any], difference: str, certainty: str) -> Blocker:
    return Blocker(
        "cpu",
        certainty,
        f"The CPUs of {source['name']} and {target['name']} differ: {difference}.",
        "Set [libvirt]cpu_mode=custom with a CPU model that both hosts support, then restart the guests.",
    )


PAIR_RULES = (
    PairRule(
        "hypervisor_type",
        type_blocker,
        "nova.conductor.tasks.live_migrate.LiveMigrationTask._check_compatible_with_source_hypervisor",
    ),
    PairRule(
        "hypervisor_version",
        version_blocker,
        "nova.conductor.tasks.live_migrate.LiveMigrationTask._check_compatible_with_source_hypervisor",
    ),
    PairRule("cpu", cpu_blocker, "nova.virt.libvirt.driver.LibvirtDriver._compare_cpu"),
)


def pair_blockers(source: Mapping[str, Any], target: Mapping[str, Any], context: MoveContext) -> list[Blocker]:
    """Return the reasons why Nova does not live-migrate servers from one compute host to another.

    ``source`` and ``target`` are hosts as ``host_eligibility.merge`` returns them.
    """
    found = (rule.judge(source, target, context) for rule in PAIR_RULES)
    return [blocker for blocker in found if blocker is not None]


def hosts(merged: Iterable[Mapping[str, Any]], hypervisors: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the hosts of ``host_eligibility.merge`` by name, with the CPU of each hypervisor."""
    cpus = {str(hypervisor["id"]): hypervisor.get("cpu_info") for hypervisor in hypervisors}
    return {str(host["name"]): {**host, "cpu_info": _cpu_of(cpus.get(str(host["provider"])))} for host in merged}


def _cpu_of(cpu_info: Any) -> dict[str, Any]:
    """Return the CPU as a dictionary. Nova may return an empty text instead."""
    return dict(cpu_info) if isinstance(cpu_info, dict) else {}


def against_each(
    sources: Iterable[str], found: Mapping[str, Mapping[str, Any]], context: MoveContext
) -> dict[str, dict[str, list[Blocker]]]:
    """Return the result of ``against`` for each source that differs from another host.

    Most clouds have few kinds of hosts, so only one host of each kind is compared.
    """
    kinds = {name: kind_of(host) for name, host in found.items()}
    examples = {kind: name for name, kind in kinds.items()}
    alike = {
        kind
        for kind, name in examples.items()
        if not any(pair_blockers(found[name], found[other], context) for other in examples.values() if other != name)
    }
    return {source: against(source, found, context) for source in sources if kinds.get(source) not in alike}


def kind_of(host: Mapping[str, Any]) -> str:
    """Return a text that is equal for hosts that the rules about pairs cannot distinguish."""
    return repr([host.get(key) for key in ("hypervisor_type", "hypervisor_version", "cpu_info")])


def against(source: str, found: Mapping[str, Mapping[str, Any]], context: MoveContext) -> dict[str, list[Blocker]]:
    """Return the reasons against each host for a live migration from the host ``source``."""
    if source not in found:
        return {}
    return {name: pair_blockers(found[source], target, context) for name, target in found.items() if name != source}
