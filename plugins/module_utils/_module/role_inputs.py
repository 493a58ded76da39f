# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that validate the inputs of a role.

Numbers and booleans may be strings, because Ansible passes variables from ``-e name=value`` as strings.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.settings import (
    OPTION,
    SUBOPTIONS,
    TLS_SUBOPTIONS,
    NotificationSettings,
)
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

# The strings that Ansible accepts as the boolean values true and false.
_TRUE = frozenset({"yes", "on", "1", "true", "t", "y", "1.0"})
_FALSE = frozenset({"no", "off", "0", "false", "f", "n", "0.0"})
# A name that is at least this similar to the name of an input (0 to 1) is a spelling mistake.
_SIMILAR = 0.75


def number_of(value: Any) -> float | None:
    """Return the value as a finite number. Return None for any other value."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def whole_number_of(value: Any) -> int | None:
    """Return the value as a whole number. Return None for any other value."""
    number = number_of(value)
    return int(number) if number is not None and number.is_integer() else None


def switch_of(value: Any) -> bool | None:
    """Return the value as a boolean. Return None for any other value."""
    text = str(value).lower()
    return True if text in _TRUE else False if text in _FALSE else None


def is_empty(value: Any) -> bool:
    """Return whether the value of a role input is missing or empty."""
    return value is None or value == ""


def unknown(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return a message for each variable that is not an input of the role."""
    inputs = list(known)
    return [
        f"There is no input {name}. {did_you_mean(name, inputs)}".rstrip() for name in sorted(set(names) - set(inputs))
    ]


def misspelt(names: Iterable[str], known: Iterable[str], prefix: str) -> list[str]:
    """Return a message for each variable that is no input, but is similar to one. The prefix is not compared."""
    inputs = {name.removeprefix(prefix): name for name in known}
    found = {name: name.removeprefix(prefix) for name in sorted(set(names) - set(inputs.values()))}
    near = {name: get_close_matches(rest, inputs, n=1, cutoff=_SIMILAR) for name, rest in found.items()}
    return [f"There is no input {name}. Did you mean {inputs[one[0]]}?" for name, one in near.items() if one]


@dataclass
class RoleInputs:
    """Validates the inputs of a role, and collects the error messages.

    The names of inputs do not contain the prefix of the role.
    """

    role: str
    values: Mapping[str, Any]
    problems: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> Any:
        return self.values.get(self.named(name), "")

    def named(self, name: str) -> str:
        """Return the name of a role input with the prefix of the role."""
        return f"{self.role}_{name}"

    def typed(self, conversions: Mapping[str, Callable[[Any], Any] | None]) -> dict[str, Any]:
        """Return the role inputs after the conversion to their types.

        An input keeps its value if its conversion is None or returns None.
        """
        found = {name: convert(self[name]) if convert else None for name, convert in conversions.items()}
        return {name: self[name] if value is None else value for name, value in found.items()}

    def refuse(self, name: str, must: str, action: str) -> None:
        self.problems.append(f"{self.named(name)} must be {must}, found {self[name]!r}. {action}")

    def require_whole_number(self, name: str, least: int, unit: str = "") -> None:
        number = whole_number_of(self[name])
        if number is None or number < least:
            self.refuse(name, f"a whole number of at least {least}", f"Set it to {least}{unit} or more.")

    def require_seconds(self, name: str, *, zero: bool = False) -> None:
        """Require a number of seconds that is greater than 0. If ``zero`` is true, 0 is also valid."""
        number = number_of(self[name])
        if number is None or number < 0 or (number == 0 and not zero):
            least = "at least 0" if zero else "greater than 0"
            self.refuse(name, f"a number of seconds, {least}", "Set it to a number of seconds, such as 30.")

    def require_choice(self, name: str, choices: Sequence[str]) -> None:
        # Ansible may pass the choice "true" as a boolean.
        value = self[name]
        if (str(value).lower() if isinstance(value, bool) else value) not in choices:
            self.refuse(name, f"one of {', '.join(choices)}", "Choose one of these values.")

    def require_switches(self, *names: str) -> None:
        for name in names:
            if switch_of(self[name]) is None:
                self.refuse(name, "true or false", "Set it to true or false.")

    def require_text(self, *names: str, what: str = "a text") -> None:
        """Require that each of these role inputs is a text. An empty text is valid."""
        for name in names:
            if not isinstance(self[name], str) and self[name] is not None:
                self.refuse(name, what, f"Set it to {what}, or leave it empty.")

    def require_name(self, name: str, what: str, action: str) -> None:
        """Add a problem if the input is empty or not a string."""
        if not isinstance(self[name], str) or not self[name].strip():
            self.refuse(name, what, action)

    def require_cloud(self, name: str) -> None:
        """Add a problem if the input is neither the name of a cloud nor a dictionary."""
        if not (is_empty(self[name]) or isinstance(self[name], (str, dict))):
            found = type(self[name]).__name__
            self.problems.append(
                f"{self.named(name)} must be an entry of clouds.yaml or a dictionary with its settings, found a value"
                f" of type {found}. Set it to the name of an entry, or leave it empty to use OS_* variables."
            )

    def require_notifications(self, name: str = "notifications") -> None:
        """Add a problem if the input does not fit the module option ``notifications``.

        The text of the problem never contains the URL, because the URL contains a password.
        """
        given = self[name]
        if is_empty(given) or given == {}:
            return
        if not isinstance(given, Mapping):
            self.problems.append(
                f"{self.named(name)} must be a dictionary with the key url, found a value of type"
                f" {type(given).__name__}. Set it to such a dictionary, or to {{}}."
            )
            return
        tls = given.get("tls") or {}
        self._require_known(f"{self.named(name)}", given, SUBOPTIONS)
        if not isinstance(tls, Mapping):
            self.problems.append(f"{self.named(name)}: tls must be a dictionary. Set its key ca_cert to a path.")
            return
        self._require_known(f"{self.named(name)}: tls", tls, TLS_SUBOPTIONS)
        interval = None if is_empty(given.get("interval")) else number_of(given["interval"]) or 0.0
        texts = {key: str(given.get(key) or "") for key in ("url", "exchange", "topic")}
        files = {key: tls.get(key) for key in TLS_SUBOPTIONS}
        try:
            NotificationSettings.of({OPTION: {**texts, "interval": interval, "tls": files}})
        except InputError as error:
            self.problems.append(str(error).replace(OPTION, self.named(name), 1))

    def _require_known(self, what: str, given: Mapping[str, Any], known: Sequence[str]) -> None:
        for key in sorted(set(map(str, given)) - set(known)):
            question = did_you_mean(key, known)
            self.problems.append(f"{what} has no option {key}. The options are {', '.join(known)}. {question}".rstrip())

    def require_poll_intervals(self) -> None:
        """Require that poll_interval is not greater than poll_interval_max."""
        self.require_seconds("poll_interval")
        self.require_seconds("poll_interval_max")
        first, most = number_of(self["poll_interval"]), number_of(self["poll_interval_max"])
        if first is not None and most is not None and 0 < most < first:
            self.refuse(
                "poll_interval",
                f"at most {self.named('poll_interval_max')} ({most:g})",
                f"Lower {self.named('poll_interval')}, or raise {self.named('poll_interval_max')}.",
            )
