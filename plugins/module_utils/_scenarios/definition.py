# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that convert the definition of a scenario or of a profile, and that find all mistakes in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_devices import (
    PORT_OPTIONS,
    VOLUME_OPTIONS,
    parse_devices,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import (
    DEFAULT_PROFILE,
    SUITES,
    Bug,
    KnownIssue,
    Profile,
    Scenario,
    Step,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.step_types import (
    BOOT,
    CHOICE,
    CHOICES,
    NUMBER,
    STEP_TYPES,
    SWITCH,
    Option,
    requirements_of,
)
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

_REQUIRED = ("suite", "name", "title", "tests", "steps", "checks")
_KEYS = (
    *_REQUIRED,
    "bugs",
    "tags",
    "profiles",
    "preconditions",
    "known_issues",
    "faults",
    "no_fault",
)


@dataclass(frozen=True)
class Precondition:
    """What a scenario can require from the cloud, and the type of the value."""

    kind: type
    text: str


PRECONDITIONS = {
    "hosts": Precondition(int, "So many compute hosts are usable: they are up and enabled, and have room."),
    "named_hosts": Precondition(bool, "The user may read the compute hosts and name one in a migration."),
    "networks": Precondition(int, "The project has so many networks with a subnet."),
    "volumes": Precondition(bool, "The cloud has the Block Storage service (Cinder)."),
    "administrator": Precondition(bool, "The user has the role admin."),
    "own_flavors": Precondition(bool, "The user may create a private flavor."),
    "own_images": Precondition(bool, "The image is small enough for a private copy."),
    "same_host_resize": Precondition(
        bool, "You have set C(migration_scenarios_same_host_resize), because Nova may resize a server on its host."
    ),
    "disruptive": Precondition(bool, "You have set C(regression_allow_disruptive)."),
    "microversion": Precondition(str, "The Compute service offers this microversion."),
}
_ISSUE_KEYS = ("title", "first", "fixed", "checks", "effect", "source")
PROFILE_KEYS = (
    "name",
    "title",
    "flavor",
    "image",
    "ports",
    "boot_volume",
    "volumes",
    "config_drive",
    "server_group_policy",
    "metadata",
)
# A port on this network is on the network that the run chooses.
AUTO = "auto"


def parse_scenario(given: Mapping[str, Any]) -> Scenario:
    """Return the scenario. Raise InputError with all mistakes of its definition."""
    parser = _Parser(f"scenario {given.get('suite')}/{given.get('name')}")
    scenario = parser.scenario(given)
    if parser.problems:
        raise InputError(" ".join(parser.problems))
    assert scenario is not None  # noqa: S101  # only a definition with problems has no scenario
    return scenario


def parse_profile(given: Any, number: int = 0) -> Profile:
    """Return the profile. ``number`` is its position in a list. Raise InputError with all mistakes."""
    name = given.get("name") if isinstance(given, Mapping) else None
    parser = _Parser(f"profile {name or number}")
    profile = parser.profile(given)
    if parser.problems or profile is None:
        raise InputError(" ".join(parser.problems))
    return profile


def merged_preconditions(declared: Mapping[str, Any], steps: Sequence[Step]) -> dict[str, Any]:
    """Return what the scenario and its steps require. The highest number and the newest microversion count."""
    merged: dict[str, Any] = dict(declared)
    for step in steps:
        for name, value in requirements_of(step.name, step.options).items():
            present = merged.get(name)
            merged[name] = value if present is None else max(present, value, key=_order)
    return merged


def _order(value: Any) -> Any:
    return tuple(int(part) for part in value.split(".")) if isinstance(value, str) else (int(value),)


class _Parser:
    """Collects the mistakes of one definition."""

    def __init__(self, what: str) -> None:
        self._what = what
        self.problems: list[str] = []

    def _refuse(self, text: str) -> None:
        self.problems.append(f"{self._what}: {text}")

    def _require_keys(self, what: str, given: Mapping[str, Any], known: Sequence[str]) -> None:
        for key in given:
            if key not in known:
                hint = did_you_mean(str(key), known) or f"Known are {', '.join(known)}."
                self._refuse(f"{what} has the unknown key {key!r}. {hint}")

    # Scenarios

    def scenario(self, given: Mapping[str, Any]) -> Scenario | None:
        self._require_keys("the definition", given, _KEYS)
        for key in _REQUIRED:
            if not given.get(key):
                self._refuse(f"{key} is missing. Add it.")
        if given.get("suite") not in SUITES:
            hint = did_you_mean(str(given.get("suite")), SUITES)
            self._refuse(f"the suite must be one of {', '.join(SUITES)}, found {given.get('suite')!r}. {hint}".rstrip())
        steps = self._steps(given.get("steps"))
        lists = {name: self._texts(name, given.get(name)) for name in ("checks", "tags", "profiles", "faults")}
        bugs = [found for one in self._list("bugs", given.get("bugs")) if (found := self._bug(one))]
        issues = [each for one in self._list("known_issues", given.get("known_issues")) if (each := self._issue(one))]
        declared = self._preconditions(given.get("preconditions") or {})
        if self.problems:
            return None
        return Scenario(
            suite=str(given["suite"]),
            name=str(given["name"]),
            title=str(given["title"]),
            tests=" ".join(str(given["tests"]).split()),
            steps=tuple(steps),
            checks=lists["checks"],
            bugs=tuple(bugs),
            tags=lists["tags"],
            profiles=lists["profiles"] or (DEFAULT_PROFILE,),
            preconditions=merged_preconditions(declared, steps),
            known_issues=tuple(issues),
            faults=lists["faults"],
            no_fault=" ".join(str(given.get("no_fault") or "").split()),
        )

    def _list(self, name: str, value: Any) -> list[Any]:
        if value is None:
            return []
        if isinstance(value, (list, tuple)):
            return list(value)
        self._refuse(f"{name} must be a list, found {value!r}.")
        return []

    def _texts(self, name: str, value: Any) -> tuple[str, ...]:
        found = self._list(name, value)
        if not all(isinstance(one, str) and one for one in found):
            self._refuse(f"{name} must be a list of names, found {found!r}.")
        return tuple(dict.fromkeys(map(str, found)))

    def _bug(self, given: Any) -> Bug | None:
        if isinstance(given, Mapping) and isinstance(given.get("number"), int) and given.get("title"):
            self._require_keys("a bug", given, ("number", "title"))
            return Bug(given["number"], str(given["title"]))
        self._refuse(f"a bug needs number and title, found {given!r}.")
        return None

    def _issue(self, given: Any) -> KnownIssue | None:
        if not isinstance(given, Mapping) or not all(given.get(key) for key in _ISSUE_KEYS if key != "fixed"):
            self._refuse(f"a known issue needs {', '.join(_ISSUE_KEYS)}, found {given!r}.")
            return None
        self._require_keys("a known issue", given, _ISSUE_KEYS)
        fixed = given.get("fixed")
        return KnownIssue(
            title=str(given["title"]),
            first=int(given["first"]),
            fixed=None if fixed is None else int(fixed),
            checks=frozenset(self._texts("checks of a known issue", given["checks"])),
            effect=" ".join(str(given["effect"]).split()),
            source=str(given["source"]),
        )

    def _preconditions(self, given: Any) -> dict[str, Any]:
        if not isinstance(given, Mapping):
            self._refuse(f"preconditions must be a dictionary, found {given!r}.")
            return {}
        self._require_keys("preconditions", given, tuple(PRECONDITIONS))
        for name, value in given.items():
            kind = PRECONDITIONS[name].kind if name in PRECONDITIONS else None
            if kind is not None and type(value) is not kind:
                self._refuse(f"the precondition {name} must be of the type {kind.__name__}, found {value!r}.")
        return {name: value for name, value in given.items() if value is not False}

    def _steps(self, given: Any) -> list[Step]:
        steps = [found for one in self._list("steps", given) if (found := self._step(one)) is not None]
        boots = [number for number, step in enumerate(steps) if step.name == BOOT]
        if steps and boots != [0]:
            self._refuse("the first step, and no other step, must be boot.")
        return steps

    def _step(self, given: Any) -> Step | None:
        name, options = self._name_and_options(given)
        if name not in STEP_TYPES:
            hint = did_you_mean(name, tuple(STEP_TYPES)) or f"Known are {', '.join(STEP_TYPES)}."
            self._refuse(f"there is no step {name}. {hint}")
            return None
        known = STEP_TYPES[name].options
        self._require_keys(f"the step {name}", options, tuple(known))
        return Step(name, {key: self._option(name, key, option, options.get(key)) for key, option in known.items()})

    def _name_and_options(self, given: Any) -> tuple[str, Mapping[str, Any]]:
        """Return the parts of a step. A step is a name, or a dictionary with the name and the options."""
        if isinstance(given, Mapping) and len(given) == 1:
            name, options = next(iter(given.items()))
            if options is None or isinstance(options, Mapping):
                return str(name), options or {}
        if not isinstance(given, str):
            self._refuse(f"a step must be a name, or a name with a dictionary of options, found {given!r}.")
        return str(given), {}

    def _option(self, step: str, name: str, option: Option, value: Any) -> Any:
        if value is None:
            return option.default
        valid = {
            NUMBER: isinstance(value, int) and not isinstance(value, bool) and value >= 1,
            SWITCH: isinstance(value, bool),
            CHOICE: value in option.choices,
            CHOICES: isinstance(value, (list, tuple)) and all(one in option.choices for one in value),
        }[option.kind]
        if valid:
            return tuple(value) if option.kind == CHOICES else value
        must = {NUMBER: "a whole number, at least 1", SWITCH: "true or false"}.get(
            option.kind, f"one of {', '.join(option.choices)}"
        )
        hint = did_you_mean(str(value), option.choices)
        self._refuse(f"{name} of the step {step} must be {must}, found {value!r}. {hint}".rstrip())
        return option.default

    # Profiles

    def profile(self, given: Any) -> Profile | None:
        if not isinstance(given, Mapping):
            self._refuse(f"a profile must be a dictionary, found {given!r}.")
            return None
        self._require_keys("the profile", given, PROFILE_KEYS)
        name = given.get("name")
        if not isinstance(name, str) or not name:
            self._refuse("name is missing. Set it to a short text.")
        for key in ("image", "flavor", "title", "server_group_policy"):
            if given.get(key) is not None and (not isinstance(given[key], str) or not given[key]):
                self._refuse(f"{key} must be a text, found {given[key]!r}.")
        metadata = given.get("metadata") or {}
        if not isinstance(metadata, Mapping):
            self._refuse(f"metadata must be a dictionary, found {metadata!r}.")
        devices = self._device_options(given)
        if self.problems:
            return None
        try:
            parsed = parse_devices(devices)
        except InputError as error:
            self._refuse(str(error))
            return None
        return Profile(
            name=str(name),
            title=str(given.get("title") or ""),
            image=given.get("image"),
            flavor=given.get("flavor"),
            devices=parsed,
            metadata={str(key): str(value) for key, value in metadata.items()},
        )

    def _device_options(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options of the volumes and ports in the form of the module server_batch."""
        boot_volume = given.get("boot_volume")
        if boot_volume is True:
            boot_volume = {}
        options = {
            "boot_volume": None if boot_volume in (None, False) else self._volume("boot_volume", boot_volume),
            "volumes": [self._volume("volumes", one) for one in self._list("volumes", given.get("volumes"))],
            "config_drive": given.get("config_drive"),
            "server_group_policy": given.get("server_group_policy"),
        }
        if not isinstance(options["config_drive"], bool) and options["config_drive"] is not None:
            self._refuse(f"config_drive must be true or false, found {options['config_drive']!r}.")
        ports = self._list("ports", given.get("ports"))
        for port in ports:
            if not isinstance(port, Mapping):
                self._refuse(f"ports must be a list of dictionaries, found {port!r}.")
                return {**options, "networks": "none"}
            self._require_keys("an entry of ports", port, PORT_OPTIONS)
        if all(set(port) == {"network"} for port in ports):
            # Nova creates these ports, so one request can boot several servers.
            return {**options, "networks": [str(port["network"]) for port in ports] or "none"}
        return {**options, "ports": ports, "networks": "none"}

    def _volume(self, name: str, given: Any) -> dict[str, Any]:
        if not isinstance(given, Mapping):
            self._refuse(f"{name} must have a dictionary with {', '.join(VOLUME_OPTIONS)}, found {given!r}.")
            return {}
        self._require_keys(f"an entry of {name}", given, VOLUME_OPTIONS)
        size = given.get("size")
        whole = int(size) if isinstance(size, str) and size.isdecimal() else size
        return {**given, "size": whole}
