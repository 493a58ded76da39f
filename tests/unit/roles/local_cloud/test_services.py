# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The message about a program that ends at its start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cloudctl.errors import CloudError
from cloudctl.services import Services

if TYPE_CHECKING:
    from cloudctl.runner import Runner
    from cloudctl.settings import Settings

PROGRAM = "nova-scheduler"
ACTIVE = "##### BROKEN ON PURPOSE (local_cloud_faults): bug-1: The scheduler fails. #####\n"
REFUSED = "local_cloud_faults: the fault bug-1 does not fit: the text that it replaces occurs 0 times in nova.x.\n"
LINES = "a line of the log\n" * 30


@pytest.fixture
def services(settings: Settings, runner: Runner, monkeypatch: pytest.MonkeyPatch) -> Services:
    services = Services(settings, runner)
    monkeypatch.setattr(services.supervisor, "states", lambda: {PROGRAM: "FATAL"})
    return services


def message(services: Services, settings: Settings, log: str) -> str:
    settings.layout.log_of(PROGRAM).write_text(log)
    with pytest.raises(CloudError) as caught:
        services.require_alive(PROGRAM)
    return str(caught.value)


def test_fault_that_does_not_fit_is_named_first(services: Services, settings: Settings) -> None:
    (settings.layout.faults / PROGRAM).mkdir(parents=True)
    text = message(services, settings, f"{LINES}{ACTIVE}{REFUSED}{LINES}")
    assert text.startswith("A fault does not fit: the fault bug-1 does not fit")
    assert f"program={PROGRAM}" in text
    assert "\n" not in text


@pytest.mark.parametrize("log", [f"{ACTIVE}{REFUSED}{ACTIVE}{LINES}", LINES, ""], ids=["earlier", "none", "empty"])
def test_other_causes_are_shown_by_the_log(services: Services, settings: Settings, log: str) -> None:
    (settings.layout.faults / PROGRAM).mkdir(parents=True)
    assert message(services, settings, log).startswith(f"{PROGRAM} has ended right after its start.")


def test_fault_that_was_removed_is_not_the_cause(services: Services, settings: Settings) -> None:
    text = message(services, settings, f"{ACTIVE}{REFUSED}{LINES}")
    assert text.startswith(f"{PROGRAM} has ended right after its start.")
