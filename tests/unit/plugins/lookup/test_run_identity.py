# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible import constants
from ansible_collections.stackproof.migration.plugins.lookup import run_identity
from ansible_collections.stackproof.migration.plugins.module_utils._module.run_owner import (
    OWNER_KEY,
    RUN_KEY,
    UNTIL_KEY,
    is_abandoned,
    owner_of,
)

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


def identity(*runs: str, **options: Any) -> list[dict[str, str]]:
    """Return the result of the lookup.

    The function reads the options from the documentation of the lookup, as Ansible does.
    """
    documented = yaml.safe_load(run_identity.DOCUMENTATION)["options"]
    constants.config.initialize_plugin_configuration_definitions("lookup", "run_identity", documented)
    lookup = run_identity.LookupModule()
    lookup._load_name = "run_identity"
    return lookup.run(list(runs), {}, **options)


def answer(pipe: Connection) -> None:
    pipe.send(identity("a"))


@pytest.mark.parametrize(("options", "seconds"), [({}, 3600), ({"max_seconds": 60}, 60), ({"max_seconds": "60"}, 60)])
def test_makes_run_id_owner_and_time(options: dict[str, Any], seconds: int) -> None:
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    one, two = identity("nightly-17", "nightly-18", **options)
    assert (one.pop(RUN_KEY), two.pop(RUN_KEY)) == ("nightly-17", "nightly-18")
    assert one == two
    assert one[OWNER_KEY] == str(owner_of(os.getpid()))
    length = dt.datetime.fromisoformat(one[UNTIL_KEY]) - before
    assert seconds <= length.total_seconds() <= seconds + 5


def test_makes_a_new_id_without_terms() -> None:
    (one,), (two,) = identity(), identity()
    assert re.fullmatch(r"20\d{6}T\d{6}Z-[0-9a-f]{6}", one[RUN_KEY])
    assert one[RUN_KEY] != two[RUN_KEY]
    assert one[OWNER_KEY] == two[OWNER_KEY]


def test_owner_is_the_process_of_the_playbook() -> None:
    ours, theirs = multiprocessing.Pipe()
    worker = multiprocessing.get_context("fork").Process(target=answer, args=(theirs,))
    worker.start()
    (said,) = ours.recv()
    worker.join()
    theirs.close()
    ours.close()
    assert said[OWNER_KEY] == str(owner_of(os.getpid()))
    assert not is_abandoned(said, dt.datetime.now(dt.UTC))
