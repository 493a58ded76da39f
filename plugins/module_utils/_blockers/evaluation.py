# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Find the blockers of a server with all rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.attachment_rules import ATTACHMENT_RULES
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.device_rules import DEVICE_RULES
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import (
    CERTAIN,
    CERTAINTIES,
    LIKELY,
    Blocker,
    MoveContext,
    ServerFacts,
)
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.state_rules import STATE_RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

RULES = (*STATE_RULES, *DEVICE_RULES, *ATTACHMENT_RULES)


def blockers_of(facts: ServerFacts, context: MoveContext, move: str) -> list[Blocker]:
    """Return the reasons why a server cannot move, the most certain ones first.

    ``move`` is "live" or "cold". If the release of the cloud is not exactly known, and the rule holds only for some of
    the possible releases, the certainty is at most "likely".
    """
    found: list[Blocker] = []
    for rule in RULES:
        if move not in rule.moves or not rule.applies_to(context.releases):
            continue
        blocker = rule.judge(facts, context)
        if blocker is None:
            continue
        if blocker.certainty == CERTAIN and not rule.covers(context.releases):
            blocker = replace(blocker, certainty=LIKELY)
        found.append(blocker)
    return by_certainty(found)


def by_certainty(blockers: Iterable[Blocker]) -> list[Blocker]:
    """Sort blockers by their certainty. Equally certain blockers keep their order."""
    return sorted(blockers, key=lambda blocker: CERTAINTIES.index(blocker.certainty))


def refusal(blockers: Iterable[Blocker]) -> Blocker | None:
    """Return the first certain blocker, or None if Nova can accept the move."""
    return next((blocker for blocker in blockers if blocker.certainty == CERTAIN), None)
