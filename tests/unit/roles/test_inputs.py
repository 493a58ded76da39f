# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documented inputs of each role match the inputs that it accepts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

ROLES = Path(__file__).parents[3] / "roles"


def load(role: str, file: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROLES / role / file).read_text())
    return loaded


@pytest.mark.parametrize("role", sorted(path.name for path in ROLES.iterdir()))
def test_documented_defaults_match_defaults(role: str) -> None:
    options = load(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    defaults = load(role, "defaults/main.yml")
    required = {name for name, option in options.items() if option.get("required")}
    assert {name: option.get("default") for name, option in options.items() if name not in required} == defaults
    assert all(name.startswith(f"{role}_") for name in options)


def test_drain_does_not_abort_migrations_by_default() -> None:
    """On Nova 34 an abort leaves the server in ERROR, and the servers of a drain belong to users."""
    assert load("host_drain", "defaults/main.yml")["host_drain_on_timeout"] == "fail"
    assert load("migration_cycle", "defaults/main.yml")["migration_cycle_on_timeout"] == "abort"


@pytest.mark.parametrize("role", ["host_drain", "local_cloud", "migration_audit", "migration_cycle"])
def test_every_input_is_validated(role: str) -> None:
    options = load(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    assert sorted(load(role, "vars/main.yml")[f"__{role}_names"]) == sorted(options)
