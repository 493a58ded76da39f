# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that find the compute hosts between which Nova can move servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import UNKNOWN, MoveContext
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.pair_rules import kind_of, pair_blockers
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.model import HostGroup
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Host = Mapping[str, Any]

_TRAIT = "trait:"
# libvirt writes the version 7.2.22 as 7002022.
_MAJOR, _MINOR = 1_000_000, 1000


def required_traits(aggregates: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return the traits that the host aggregates of each compute host require, by host name.

    With the option enable_isolated_aggregate_filtering, Nova places only servers that request these traits on the
    hosts.
    """
    found: dict[str, set[str]] = {}
    for aggregate in aggregates:
        metadata = aggregate.get("metadata") or {}
        traits = {key for key, value in metadata.items() if key.startswith(_TRAIT) and value == "required"}
        for host in aggregate.get("hosts") or [] if traits else []:
            found.setdefault(str(host), set()).update(traits)
    return {host: tuple(sorted(traits)) for host, traits in found.items()}


def labels_of(host_groups: Mapping[str, Sequence[str]], known: Sequence[str]) -> dict[str, str]:
    """Return the name of the user's group of each host. Raise InputError for unknown hosts and hosts in two groups."""
    labels: dict[str, str] = {}
    for label, members in host_groups.items():
        for host in members:
            if host not in known:
                raise InputError(
                    f"host_groups: there is no compute host {host} (in {label}). {did_you_mean(host, known)}".rstrip()
                )
            if host in labels and labels[host] != label:
                raise InputError(f"host_groups: {host} is in the groups {labels[host]} and {label}. Keep one of them.")
            labels[host] = label
    return labels


def generations_of(
    hosts: Sequence[Host], labels: Mapping[str, str], features: Mapping[str, frozenset[str]]
) -> dict[str, str]:
    """Return the name of the generation of each host, for example of the old and of the new hosts during an upgrade.

    The groups of the user (``labels``) are the generations. Without such groups, hosts with the same version of the
    hypervisor and the same ``features`` are a generation, because the API does not tell the release of a compute host.
    ``features`` contains the traits ``COMPUTE_*`` by host. If they differ, a host without known features is left out.
    """
    if labels:
        return {name: labels[name] for host in hosts if (name := str(host["name"])) in labels}
    versions: dict[int, list[str]] = {}
    for host in hosts:
        if host.get("hypervisor_version") is not None:
            versions.setdefault(host["hypervisor_version"], []).append(str(host["name"]))
    found: dict[str, str] = {}
    for version, names in versions.items():
        found |= _by_features(f"hypervisor {version_text(version)}", names, features)
    return found


def _by_features(name: str, hosts: Sequence[str], features: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Name the hosts of one version of the hypervisor after the features that they lack."""
    known = {host: features[host] for host in hosts if host in features}
    if len(set(known.values())) < 2:  # noqa: PLR2004 - all hosts are alike
        return dict.fromkeys(hosts, name)
    every = frozenset().union(*known.values())
    lacks = {host: sorted(every - own) for host, own in known.items()}
    return {host: f"{name} without {_short(missing)}" if missing else name for host, missing in lacks.items()}


def _short(traits: Sequence[str]) -> str:
    more = f" and {len(traits) - 1} more" if len(traits) > 1 else ""
    return f"{traits[0]}{more}"


def version_text(version: int) -> str:
    """Return the version of a hypervisor, for example 7.2.22 for 7002022. Other numbers stay as they are."""
    if version < _MAJOR:
        return str(version)
    return f"{version // _MAJOR}.{version // _MINOR % _MINOR}.{version % _MINOR}"


def generation_groups(
    hosts: Sequence[Host], traits: Mapping[str, Sequence[str]], generations: Mapping[str, str]
) -> list[list[HostGroup]]:
    """Divide the hosts of each fence into generations. A fence is a zone and the required traits of its aggregates."""
    fences: dict[tuple[tuple[str, ...], str], dict[str, list[Host]]] = {}
    for host in hosts:
        name = str(host["name"])
        if name in generations:
            fence = (tuple(traits.get(name, ())), str(host["availability_zone"] or ""))
            fences.setdefault(fence, {}).setdefault(generations[name], []).append(host)
    several = len(fences) > 1
    return [
        [
            HostGroup(f"{generation} {fence[1]}".rstrip() if several else generation, _names(members))
            for generation, members in sorted(found.items())
        ]
        for fence, found in sorted(fences.items())
    ]


def groups_of(
    hosts: Sequence[Host],
    context: MoveContext,
    traits: Mapping[str, Sequence[str]],
    labels: Mapping[str, str],
) -> list[HostGroup]:
    """Divide compute hosts into groups that can exchange servers.

    Hosts of different zones, aggregates with required traits, groups of the user (``labels``) or incompatible
    hypervisors are in different groups. Only one host of each kind is compared, because a cloud has few kinds of hosts.
    """
    fenced: dict[tuple[str, tuple[str, ...], str], dict[str, list[Host]]] = {}
    for host in hosts:
        name = str(host["name"])
        fence = (labels.get(name, ""), tuple(traits.get(name, ())), str(host["availability_zone"] or ""))
        fenced.setdefault(fence, {}).setdefault(kind_of(host), []).append(host)
    found: list[tuple[tuple[str, tuple[str, ...], str], list[Host]]] = []
    for fence, kinds in sorted(fenced.items()):
        found += [(fence, members) for members in _connected(list(kinds.values()), context)]
    return _named(found)


def _connected(kinds: list[list[Host]], context: MoveContext) -> list[list[Host]]:
    """Join kinds of hosts that can exchange servers in both directions."""
    joined: list[list[list[Host]]] = []
    for kind in kinds:
        near = [group for group in joined if any(_exchange(kind[0], other[0], context) for other in group)]
        merged = [kind, *(member for group in near for member in group)]
        joined = [group for group in joined if group not in near] + [merged]
    return [sorted((host for kind in group for host in kind), key=lambda one: str(one["name"])) for group in joined]


def _exchange(one: Host, other: Host, context: MoveContext) -> bool:
    both = [*pair_blockers(one, other, context), *pair_blockers(other, one, context)]
    return all(blocker.certainty == UNKNOWN for blocker in both)


def _named(found: Sequence[tuple[tuple[str, tuple[str, ...], str], list[Host]]]) -> list[HostGroup]:
    """Name the groups with the values that distinguish them."""
    labels = {fence[0] for fence, _hosts in found}
    traits = {fence[1] for fence, _hosts in found}
    zones = {fence[2] for fence, _hosts in found}
    names: dict[str, int] = {}
    groups = []
    for (label, required, zone), hosts in found:
        words = [label] if len(labels) > 1 and label else []
        words += [zone] if zone and (len(zones) > 1 or not words) else []
        words += [trait.removeprefix(_TRAIT) for trait in required] if len(traits) > 1 else []
        name = " ".join(words) or "all hosts"
        names[name] = names.get(name, 0) + 1
        groups.append(HostGroup(name if names[name] == 1 else f"{name} ({names[name]})", _names(hosts)))
    return groups


def _names(hosts: Iterable[Host]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(host["name"]) for host in hosts))
