# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Classes and functions that read the JSON answers of an OpenStack service."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import UnexpectedAnswerError

_MOST_KEYS = 8
# _ANY, _NUMBER and _EACH are placeholders in the dictionary _SHAPES.
_ANY = object()
_NUMBER = (int, float)
_EACH = "*"
_RESOURCES = {_EACH: {"resources": {_EACH: _NUMBER}}}
# The expected type of each value in the JSON responses of Nova, Placement, Glance and Neutron.
_SHAPES: dict[str, Any] = {
    "allocation_requests": [{"allocations": _RESOURCES}],
    "allocations": _RESOURCES,
    "availabilityZoneInfo": [{"zoneName": str}],
    "flavors": [{"id": str}],
    "hypervisors": [{"id": _ANY, "hypervisor_hostname": str}],
    "images": [{"id": str}],
    "instanceAction": {},
    "instanceActions": [{"request_id": str}],
    "keypairs": [{"keypair": {"name": str}}],
    "limits": {"absolute": {}},
    "migrations": [{"id": _ANY}],
    "networks": [{"id": str}],
    "provider_summaries": {_EACH: {"resources": {_EACH: {"capacity": _NUMBER, "used": _NUMBER}}}},
    "reservation_id": str,
    "resource_providers": [{"uuid": str, "name": str}],
    "server": {"id": str},
    "server_groups": [{"id": str}],
    "servers": [{"id": str}],
    "service": {"host": str},
    "services": [{"host": str}],
}


@dataclass(frozen=True)
class AnswerSource:
    """Describes a request and its HTTP status for error messages."""

    what: str
    service: str
    method: str
    url: str
    http_status: int | None = None
    request_id: str | None = None

    def error(self, expected: str, found: str) -> UnexpectedAnswerError:
        """Return the error for an API response that contains a value of the wrong type."""
        request_id = f", request id {self.request_id}" if self.request_id else ""
        return UnexpectedAnswerError(
            f"{self.what}: the {self.service} service sent an unexpected answer to {self.method} {self.url}"
            f" (HTTP {self.http_status}{request_id}): expected {expected}, found {found}."
            " Check the endpoint and the proxies in front of the service.",
            service=self.service,
            http_status=self.http_status,
            request_id=self.request_id,
        )


class JsonObject(dict[str, Any]):
    """A JSON object from the answer of a service.

    Code that reads a missing key gets an UnexpectedAnswerError.
    """

    source: AnswerSource

    def __init__(self, values: Any = (), source: AnswerSource | None = None) -> None:
        super().__init__(values)
        if source is not None:
            self.source = source

    def __missing__(self, key: str) -> Any:
        raise self.source.error(f'the key "{key}"', f"an object with {_keys_of(self)}")

    def objects(self, key: str) -> list[JsonObject]:
        """Return the list of JSON objects under a key. Raise UnexpectedAnswerError if the value has another type."""
        value = self[key]
        if not isinstance(value, list):
            raise self.source.error(f'a list under the key "{key}"', kind_of(value))
        other = next((each for each in value if not isinstance(each, JsonObject)), self)
        if other is not self:
            raise self.source.error(f'only objects in the list "{key}"', f"{kind_of(other)} in it")
        return cast("list[JsonObject]", value)

    def object(self, key: str) -> JsonObject:
        """Return the JSON object under ``key``. Raise UnexpectedAnswerError for a value of another type."""
        value = self[key]
        if not isinstance(value, JsonObject):
            raise self.source.error(f'an object under the key "{key}"', kind_of(value))
        return value

    def objects_by_key(self, key: str) -> dict[str, JsonObject]:
        """Return the entries of the JSON object under ``key``. Each entry must be a JSON object."""
        found = self.object(key)
        for name in found:
            found.object(name)
        return dict(found)


def parse(text: str | bytes, source: AnswerSource) -> JsonObject:
    """Parse the body of an answer. Raise UnexpectedAnswerError when the body is not a JSON object."""
    try:
        value = json.loads(text, object_hook=lambda values: JsonObject(values, source)) if text else None
    except (ValueError, RecursionError) as error:
        raise source.error("JSON", _beginning_of(text)) from error
    if not isinstance(value, JsonObject):
        raise source.error("a JSON object", kind_of(value) if text else "an empty body")
    for key in value.keys() & _SHAPES.keys():
        _check(value[key], _SHAPES[key], key, source)
    return value


def _check(value: Any, shape: Any, path: str, source: AnswerSource) -> None:
    """Raise UnexpectedAnswerError when a value in the answer does not have the expected type."""
    if shape is _ANY:
        return
    if not _fits(value, shape):
        raise source.error(f"{_name_of(shape)} at {path}", kind_of(value))
    if isinstance(shape, list):
        for number, each in enumerate(value):
            _check(each, shape[0], f"{path}[{number}]", source)
    elif isinstance(shape, dict):
        for key in value if _EACH in shape else shape:
            if key not in value:
                raise source.error(f"the key {path}.{key}", f"an object with {_keys_of(value)}")
            _check(value[key], shape.get(_EACH, shape.get(key)), f"{path}.{key}", source)


def _fits(value: Any, shape: Any) -> bool:
    if isinstance(shape, (list, dict)):
        return isinstance(value, type(shape))
    return isinstance(value, shape) and not isinstance(value, bool)


def _name_of(shape: Any) -> str:
    if isinstance(shape, list):
        return "a list"
    return "an object" if isinstance(shape, dict) else "a string" if shape is str else "a number"


def plain(value: Any) -> Any:
    """Convert a value to plain dictionaries and lists, which Ansible requires in module results."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


def kind_of(value: Any) -> str:
    """Return the JSON type of a value for an error message, such as "a list"."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    names = {dict: "an object", list: "a list", str: "a string", int: "a number", float: "a number"}
    return next((name for type_, name in names.items() if isinstance(value, type_)), type(value).__name__)


def _keys_of(values: dict[str, Any]) -> str:
    names = [str(key) for key in values]
    if not names:
        return "no keys"
    more = f" and {len(names) - _MOST_KEYS} more" if len(names) > _MOST_KEYS else ""
    return f"the keys {', '.join(names[:_MOST_KEYS])}{more}"


def _beginning_of(text: str | bytes) -> str:
    decoded = text if isinstance(text, str) else text.decode("utf-8", "replace")
    return f"a text that begins with {' '.join(decoded[:80].split())!r}"
