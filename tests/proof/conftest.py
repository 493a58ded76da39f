# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cloud, the table, and where the table goes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.proof.lab import Lab
from ansible_collections.stackproof.migration.tests.proof.prover import RUNS, Prover, healthy_runs
from ansible_collections.stackproof.migration.tests.proof.rows import Table
from ansible_collections.stackproof.migration.tests.proof.runs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE = pytest.StashKey[Table]()
# A state folder as the role's own, so short that sockets fit in it. Parts that run side by side have clouds of their
# own.
PART = os.environ.get("PROOF_PART", "")
STATE = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state", "stackproof/migration/proof")
PORT_BASE = {"faults": 18830}.get(PART, 18850)
GUESTS_PORT_BASE = 18870
PAGE = ROOT / "docs" / "proof.md"
BEGIN, END = "<!-- the table of the last run begins -->\n", "<!-- the table of the last run ends -->\n"


def pytest_configure(config: pytest.Config) -> None:
    # The SDK warns of parts of itself that nobody here asked for.
    config.addinivalue_line("filterwarnings", "ignore::PendingDeprecationWarning")


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One cloud for all rows. PROOF_KEEP keeps it, for a look at what a row has done, and for a quicker next time."""
    folder = STATE.with_name(f"proof-{PART}") if PART else STATE
    lab = Lab(folder, PORT_BASE, tmp_path_factory.mktemp("proof"), local_cloud_hypervisor="fake")
    lab.start()
    yield lab
    if os.environ.get("PROOF_KEEP"):
        lab.start()
    else:
        lab.remove()


@pytest.fixture(scope="session")
def guest_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A second cloud, whose hosts run QEMU guests and copy them slowly: something can happen to a copy meanwhile."""
    if os.geteuid() != 0:
        pytest.skip("libvirt hosts need root")
    lab = Lab(
        STATE.with_name("proof-guests"),
        GUESTS_PORT_BASE,
        tmp_path_factory.mktemp("guests"),
        local_cloud_hypervisor="libvirt",
        local_cloud_migration_bandwidth=8,
    )
    lab.start()
    yield lab
    if os.environ.get("PROOF_KEEP"):
        lab.start()
    else:
        lab.remove()


@pytest.fixture
def guest_prover(guest_lab: Lab, table: Table) -> Prover:
    return Prover(guest_lab, table)


@pytest.fixture(scope="session")
def table(pytestconfig: pytest.Config) -> Table:
    return pytestconfig.stash.setdefault(TABLE, Table())


@pytest.fixture
def prover(lab: Lab, table: Table) -> Prover:
    return Prover(lab, table)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table; keep it in the docs when it is whole and right."""
    table = config.stash.get(TABLE, None)
    if table is None or not len(table):
        return
    terminalreporter.section("proof")
    terminalreporter.write(table.markdown())
    asked = [Path(one).resolve() for one in config.args]
    whole = healthy_runs() >= RUNS and not config.option.keyword and asked == [Path(__file__).parent]
    if whole and set(terminalreporter.stats) & {"failed", "error", "skipped", "deselected"} == set():
        text = PAGE.read_text(encoding="utf-8")
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        PAGE.write_text(f"{before}{BEGIN}\n{table.markdown()}\n{END}{after}", encoding="utf-8")
