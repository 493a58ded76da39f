# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that replace real names in a report with numbered names, such as host-1.

Ids, statuses and default names of OpenStack stay in the report.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._probe.model import is_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Name = tuple[str, str]  # kind and name

HOST, HOST_ID, DOMAIN, ENDPOINT, ADDRESS, PATH = "host", "host-id", "domain", "endpoint", "address", "path"
SERVER, IMAGE, FLAVOR, NETWORK, ZONE, REGION = "server", "image", "flavor", "network", "zone", "region"
CLOUD, USER, PROJECT, AGGREGATE, NOTE, NAME = "cloud", "user", "project", "aggregate", "note", "name"
GROUP, CUSTOM = "group", "custom"

# The report redacts the values of these keys, such as the names of hosts.
_KINDS = {
    "host": HOST,
    "source": HOST,
    "destination": HOST,
    "expected_host": HOST,
    "node": HOST,
    "source_node": HOST,
    "destination_node": HOST,
    "hypervisor_hostname": HOST,
    "usable_hosts": HOST,
    "destinations": HOST,
    "targets": HOST,
    "target": HOST,
    "host_id": HOST_ID,
    "source_host_id": HOST_ID,
    "address": ADDRESS,
    "mac": ADDRESS,
    "server_name": SERVER,
    "deleted": SERVER,
    "image": IMAGE,
    "flavor": FLAVOR,
    "network": NETWORK,
    "networks": NETWORK,
    "availability_zone": ZONE,
    "aggregate": AGGREGATE,
    "aggregates": AGGREGATE,
    "region": REGION,
    "region_name": REGION,
    "cloud": CLOUD,
    "user": USER,
    "username": USER,
    "user_id": USER,
    "project": PROJECT,
    "project_name": PROJECT,
    "tenant_name": PROJECT,
    "project_id": PROJECT,
    "user_domain_name": DOMAIN,
    "project_domain_name": DOMAIN,
    "domain_name": DOMAIN,
    "disabled_reason": NOTE,
    "locked_reason": NOTE,
}
_ALLOCATION_KEYS = frozenset(
    {"allocations", "allocations_before", "allocations_after", "allocations_left", "allocations_released", "providers"}
)
# The results of these checks contain host names, which the redaction replaces.
_HOST_CHECKS = frozenset({"source", "destination", "server_host", "server_allocations", "migration_allocations"})
# The values of these keys never contain names of the site, so they stay unchanged.
_VERBATIM_KEYS = frozenset(
    {
        "outcome", "failed_step", "failure_kinds", "kind", "kinds", "status", "status_before", "initial_status",
        "state", "task_state", "power_state", "type", "move_method", "event", "result", "request_id", "service_name",
        "version", "collection", "started", "ended", "created", "updated", "start", "finish", "seen", "concluded",
        "release", "hypervisor_type", "architecture", "protocol", "on_timeout", "on_timeout_action", "verify_guest",
        "block_migration", "microversion", "roles", "uuid", "migration_id", "server_id",
    }
)  # fmt: skip
# The report does not redact these words, because they are common names or values of inputs.
_GENERIC = frozenset(
    {
        "nova", "internal", "regionone", "default", "admin", "member", "reader", "manager", "service", "demo", "root",
        "scheduler", "other", "none", "auto", "error", "localhost",
    }
)  # fmt: skip
# The redaction keeps these parts of domain names, because they are ordinary words.
_COMMON_LABELS = frozenset(
    {"cloud", "local", "internal", "localdomain", "compute", "openstack", "lan", "net", "com", "org"}
)
_URL = re.compile(r"\b[a-z][a-z+]*://(?:[^\s/@]*@)?(?:\[(?P<ipv6>[0-9a-fA-F:.]+)\]|(?P<host>[\w.-]*\w))", re.IGNORECASE)
_QUOTED_HOST = re.compile(r"\bhost='(?P<name>[^']+)'")
_LISTS = re.compile(r"\b(?:There are|Compute hosts|Hosts): (?P<names>.+?)\.(?=\s|$)|Did you mean (?P<meant>.+?)\?")
_QUOTED = re.compile(
    r"\b(?P<kind>host|node|aggregate|zone|region|cloud|project|user|network|image|flavor|server|domain)s?"
    r" (?P<quote>['\"])(?P<name>[^'\"]{2,100})(?P=quote)",
    re.IGNORECASE,
)
_ZONE_OF_SERVER = re.compile(r"\bavailability zone (?P<name>[^\s,.;'\"]+)")
_GROUP_OF_SERVER = re.compile(r"\bserver group (?P<name>.+?) has the policy\b")
# Names of traits and resource classes that operators define begin with CUSTOM_.
_CUSTOM = re.compile(r"\bCUSTOM_[A-Z0-9_]+\b")
_NOT_FOUND = re.compile(r"\bhost (?P<name>[\w.-]*\w) could not be found", re.IGNORECASE)
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)")
_IPV6 = re.compile(r"(?<![\w:])[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*(?![\w:])")
_MAC = re.compile(r"\b[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}\b")
_MAIL = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.-]*\w")
_API_PATH = (
    r"(?:v\d|os-|servers|flavors|images|networks|ports|allocations?|resource_providers|migrations|compute|placement)"
)
_PATH = re.compile(rf"(?<![\w.:/@-])(?:~|/(?!{_API_PATH}))[\w.@+~-]*(?:/[\w.@+~-]*\w)+")


def site_names(*sources: Any) -> frozenset[Name]:
    """Return the names of the site in the sources, such as host names, with their kinds."""
    found = {name for source in sources for name in _names_in(source)}
    found |= set(_parts_of_domain_names(found))
    texts = [text for source in sources for text in _texts_in(source)]
    domains = [name for kind, name in found if kind == DOMAIN and "." in name]
    for domain in domains:
        other = re.compile(rf"(?<![\w.-])([\w-]+)(?=(?:\.[\w-]+)*\.{re.escape(domain)}\b)", re.IGNORECASE)
        found |= {(HOST, name) for text in texts for name in other.findall(text)}
    return frozenset((kind, name.strip()) for kind, name in found if name.strip())


def redact(report: dict[str, Any], names: Iterable[Name]) -> dict[str, Any]:
    """Return the report with aliases instead of names.

    Names that differ only in case have the same alias.
    """
    aliases = _aliases(names)
    if not aliases:
        return report
    by_length = sorted(filter(_replaced_in_text, aliases), key=lambda name: (-len(name), name))
    # The pattern (?!) matches nothing.
    pattern = "|".join(map(re.escape, by_length)) or "(?!)"
    expression = re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W_])", re.IGNORECASE)
    return dict(_Redaction(aliases, expression).value(report))


def redacted(report: dict[str, Any], *sources: Any) -> dict[str, Any]:
    """Replace the names of the site in the report.

    The function finds the names in ``report`` and in ``sources``.
    """
    return redact(report, site_names(report, *sources))


class _Redaction:
    def __init__(self, aliases: Mapping[str, str], expression: re.Pattern[str]) -> None:
        self._aliases = aliases
        self._expression = expression

    def value(self, value: Any, key: str = "", *, providers: bool = False) -> Any:
        """Return the value with aliases instead of the names of the site.

        ``providers`` is true if the keys of a dictionary may be names of resource providers.
        """
        if isinstance(value, dict):
            return self._dictionary(value, key, providers=providers or key in _ALLOCATION_KEYS)
        if isinstance(value, list | tuple):
            return [self.value(item, key, providers=providers) for item in value]
        if not isinstance(value, str) or key in _VERBATIM_KEYS:
            return value
        if key in _KINDS and value.lower() in self._aliases:
            return self._aliases[value.lower()]
        return self.text(value)

    def text(self, text: str) -> str:
        return self._expression.sub(lambda match: self._aliases[match.group().lower()], text)

    def _dictionary(self, values: Mapping[str, Any], key: str, *, providers: bool) -> dict[str, Any]:
        if key == "metadata":
            # Remove all other metadata from the report, because metadata may contain the names of hosts or projects.
            return {name: values[name] for name in ("stackproof_run", "stackproof_run_until") if name in values}
        named = _is_named(values, key)
        return {
            (self.text(name) if providers else name): (
                self._aliases.get(str(inner).lower(), self.value(inner, name))
                if named and name in ("id", "name")
                else self.value(inner, name, providers=providers)
            )
            for name, inner in values.items()
        }


def _is_named(values: Mapping[str, Any], key: str) -> bool:
    """Return whether the dictionary describes an object with a name, such as a user, a project or an image."""
    return key in _KINDS and "name" in values


def _names_in(value: Any, key: str = "", *, providers: bool = False) -> Iterator[Name]:
    if isinstance(value, dict):
        yield from _names_in_dictionary(value, key, providers=providers or key in _ALLOCATION_KEYS)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _names_in(item, key, providers=providers)
    elif isinstance(value, str) and value:
        if key in _KINDS:
            yield _KINDS[key], value
        if key not in _VERBATIM_KEYS:
            yield from _names_in_text(value)


def _names_in_dictionary(values: Mapping[str, Any], key: str, *, providers: bool) -> Iterator[Name]:
    if key == "metadata":
        return
    name = values.get("name")
    if isinstance(name, str) and name:
        if key in _KINDS:
            yield _KINDS[key], name
        elif "obstacle" in values and "move_method" not in values:
            yield HOST, name
        elif "status" in values:
            yield SERVER, name
    if key in ("user", "project") and isinstance(values.get("id"), str):
        yield _KINDS[key], values["id"]
    if values.get("name") in _HOST_CHECKS and "ok" in values:
        yield from _hosts_of_check(values)
    for inner_key, inner in values.items():
        if (
            providers
            and isinstance(inner, dict)
            and inner
            and all(isinstance(amount, int) for amount in inner.values())
        ):
            yield HOST, inner_key
        yield from _names_in(inner, inner_key, providers=providers)


def _hosts_of_check(check: Mapping[str, Any]) -> Iterator[Name]:
    for side in ("expected", "found"):
        value = check.get(side)
        for name in value if isinstance(value, list) else [value]:
            if isinstance(name, str) and name:
                yield HOST, name


def _names_in_text(text: str) -> Iterator[Name]:
    for match in _URL.finditer(text):
        name = match["ipv6"] or match["host"]
        yield (ADDRESS if is_address(name) else ENDPOINT), name
    for match in _LISTS.finditer(text):
        yield from ((NAME, name.strip()) for name in (match["names"] or match["meant"]).split(","))
    for match in _QUOTED.finditer(text):
        yield match["kind"].lower(), match["name"]
    for expression in (_QUOTED_HOST, _NOT_FOUND):
        yield from ((HOST, match["name"]) for match in expression.finditer(text))
    yield from ((ZONE, match["name"]) for match in _ZONE_OF_SERVER.finditer(text))
    yield from ((GROUP, match["name"]) for match in _GROUP_OF_SERVER.finditer(text))
    yield from ((CUSTOM, found) for found in _CUSTOM.findall(text))
    for expression in (_IPV4, _IPV6):
        yield from ((ADDRESS, found) for found in expression.findall(text) if is_address(found))
    yield from ((ADDRESS, found) for expression in (_MAC, _MAIL) for found in expression.findall(text))
    yield from ((PATH, match.group()) for match in _PATH.finditer(text))


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts_in(inner)
        yield from (key for key in value if isinstance(key, str))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts_in(item)
    elif isinstance(value, str):
        yield value


def _parts_of_domain_names(found: Iterable[Name]) -> Iterator[Name]:
    """Split domain names. For compute1.example.org, yield compute1, example.org and example."""
    for kind, name in found:
        if kind not in (HOST, ENDPOINT) or "." not in name or is_address(name):
            continue
        short, domain = name.split(".", 1)
        if kind == HOST:
            yield HOST, short
        yield DOMAIN, domain
        labels = domain.split(".")
        yield from (
            (DOMAIN, label) for label in labels[: max(1, len(labels) - 1)] if label.lower() not in _COMMON_LABELS
        )
        yield from ((DOMAIN, ".".join(labels[start:])) for start in range(1, len(labels) - 1))


def _aliases(names: Iterable[Name]) -> dict[str, str]:
    """Return an alias, such as host-1, for each name. The keys are names in lower case."""
    # If a host and a server have the same name, the report uses the alias of the kind that is first in this list.
    order = (
        HOST,
        SERVER,
        PROJECT,
        USER,
        CLOUD,
        REGION,
        ZONE,
        AGGREGATE,
        IMAGE,
        FLAVOR,
        NETWORK,
        HOST_ID,
        ENDPOINT,
        ADDRESS,
    )
    ranked = sorted(
        names,
        key=lambda name: (
            order.index(name[0]) if name[0] in order else len(order),
            natural_order(name[1].lower()),
            name,
        ),
    )
    taken = {name.lower() for _kind, name in ranked}
    aliases: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for kind, name in ranked:
        if name.lower() in aliases or _is_generic(kind, name) or _has_short_name(kind, name, taken):
            continue
        number = numbers.get(kind, 0) + 1
        while f"{kind}-{number}" in taken:
            number += 1
        numbers[kind] = number
        aliases[name.lower()] = f"{kind}-{number}"
    return aliases


def _is_generic(kind: str, name: str) -> bool:
    return kind not in (USER, PROJECT) and name.lower() in _GENERIC


def _has_short_name(kind: str, name: str, names: set[str]) -> bool:
    """Return whether both parts of a full host name, such as compute1.example.org, are known names."""
    short, _dot, domain = name.lower().partition(".")
    return kind == HOST and domain in names and short in names


def _replaced_in_text(name: str) -> bool:
    """Return whether the redaction also replaces this name inside longer texts. Numbers and ordinary words stay."""
    return len(name) > 1 and not name.isdigit() and name not in _GENERIC


def natural_order(name: str) -> list[tuple[int, str]]:
    """Return a sort key for a name. With this key, compute2 comes before compute10."""
    return [(int(part) if part.isdigit() else -1, part) for part in re.split(r"(\d+)", name)]
