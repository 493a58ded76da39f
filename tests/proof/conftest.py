# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the proof: its clouds, and the table of its results.

The last run of the proof writes this table into the documentation.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.proof.kept_clouds import kept_clouds_message
from ansible_collections.stackproof.migration.tests.proof.lab import Lab
from ansible_collections.stackproof.migration.tests.proof.prover import RUNS, Prover, healthy_runs
from ansible_collections.stackproof.migration.tests.proof.rows import Table
from ansible_collections.stackproof.migration.tests.proof.runs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE = pytest.StashKey[Table]()
KEPT_CLOUDS = pytest.StashKey[list[Path]]()
# The folder of the cloud is in the same place as the default folder of the role local_cloud. The path is short, because
# the length of a socket path is limited. Parts of the proof that run at the same time use different clouds.
PART = os.environ.get("PROOF_PART", "")
STATE = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state", "stackproof/migration/proof")
PORT_BASE = int(os.environ.get("PROOF_PORT_BASE") or {"faults": 18830}.get(PART, 18850))
GUESTS_PORT_BASE = 18870
VOLUMES_PORT_BASE = 18930
AUDIT_PORT_BASE = 18970
COVERAGE_PORT_BASE = 18990
SCENARIOS_PORT_BASE = 19010
PAGE = ROOT / "docs" / "proof.md"
BEGIN, END = "<!-- the table of the last run begins -->\n", "<!-- the table of the last run ends -->\n"


def pytest_configure(config: pytest.Config) -> None:
    # openstacksdk warns about its own deprecated modules, which no test imports.
    config.addinivalue_line("filterwarnings", "ignore::PendingDeprecationWarning")
    config.stash[KEPT_CLOUDS] = []


def remove_or_keep(lab: Lab, config: pytest.Config) -> None:
    """Remove the cloud. If PROOF_KEEP is set, repair the cloud and keep it.

    A kept cloud can be inspected, and it makes the next run faster.
    """
    if os.environ.get("PROOF_KEEP"):
        config.stash[KEPT_CLOUDS].append(lab.folder)
        lab.start()
    else:
        lab.remove()


def running(lab: Lab, config: pytest.Config) -> Iterator[Lab]:
    """Start the cloud, yield it to the rows, and remove it afterwards unless it is kept."""
    lab.start()
    yield lab
    remove_or_keep(lab, config)


@pytest.fixture(scope="session")
def lab(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Yield the cloud for all rows that need no QEMU guests."""
    folder = STATE.with_name(f"proof-{PART}") if PART else STATE
    lab = Lab(folder, PORT_BASE, tmp_path_factory.mktemp("proof"), local_cloud_hypervisor="fake")
    yield from running(lab, pytestconfig)


@pytest.fixture(scope="session")
def audit_lab(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Yield a cloud with volumes and ports, in which rows leave behind what earlier migrations can leave."""
    lab = Lab(
        STATE.with_name("proof-audit"),
        AUDIT_PORT_BASE,
        tmp_path_factory.mktemp("audit"),
        local_cloud_hypervisor="fake",
        local_cloud_hosts=3,
        local_cloud_volumes="fake",
        local_cloud_networks="flat",
    )
    yield from running(lab, pytestconfig)


@pytest.fixture(scope="session")
def guest_lab(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Yield a cloud whose hosts run QEMU guests.

    The cloud copies memory slowly, so that a row can act during a copy.
    """
    if os.geteuid() != 0:
        pytest.skip("libvirt hosts need root")
    lab = Lab(
        STATE.with_name("proof-guests"),
        GUESTS_PORT_BASE,
        tmp_path_factory.mktemp("guests"),
        local_cloud_hypervisor="libvirt",
        local_cloud_migration_bandwidth=8,
    )
    yield from running(lab, pytestconfig)


@pytest.fixture(scope="session", params=["fake", "libvirt"])
def volume_lab(
    request: pytest.FixtureRequest, pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lab]:
    """Yield a cloud with volumes for each kind of hosts."""
    if request.param == "libvirt" and os.geteuid() != 0:
        pytest.skip("libvirt hosts need root")
    folder, scratch = STATE.with_name(f"proof-volumes-{request.param}"), tmp_path_factory.mktemp("volumes")
    lab = Lab(
        folder,
        VOLUMES_PORT_BASE,
        scratch,
        local_cloud_hypervisor=request.param,
        local_cloud_volumes="auto",
        # The copy takes some seconds, so that a row can act during the copy.
        local_cloud_migration_bandwidth=4,
    )
    yield from running(lab, pytestconfig)


@pytest.fixture(scope="session")
def coverage_lab(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Yield a cloud with enough hosts to find out which one is at fault."""
    lab = Lab(
        STATE.with_name("proof-coverage"),
        COVERAGE_PORT_BASE,
        tmp_path_factory.mktemp("coverage"),
        local_cloud_hypervisor="fake",
        local_cloud_hosts=4,
    )
    yield from running(lab, pytestconfig)


@pytest.fixture(scope="session")
def scenario_lab(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Yield a cloud that offers what all scenarios need, except guests that count."""
    lab = Lab(
        STATE.with_name("proof-scenarios"),
        SCENARIOS_PORT_BASE,
        tmp_path_factory.mktemp("scenarios"),
        local_cloud_hypervisor="fake",
        local_cloud_hosts=3,
        local_cloud_volumes="fake",
        local_cloud_networks="flat",
        local_cloud_same_host_resize=True,
    )
    yield from running(lab, pytestconfig)


@pytest.fixture
def volume_prover(volume_lab: Lab, table: Table) -> Prover:
    return Prover(volume_lab, table)


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
    """Print the table and the names of kept clouds.

    If the table is complete and all rows passed, write the table into the documentation.
    """
    table = config.stash.get(TABLE, None)
    if table is not None and len(table):
        terminalreporter.section("proof")
        terminalreporter.write(table.markdown())
        selected = [Path(argument).resolve() for argument in config.args]
        complete = healthy_runs() >= RUNS and not config.option.keyword and selected == [Path(__file__).parent]
        if complete and set(terminalreporter.stats) & {"failed", "error", "skipped", "deselected"} == set():
            text = PAGE.read_text(encoding="utf-8")
            before, after = text.split(BEGIN)[0], text.split(END)[1]
            PAGE.write_text(f"{before}{BEGIN}\n{table.markdown()}\n{END}{after}", encoding="utf-8")
    if kept := config.stash[KEPT_CLOUDS]:
        terminalreporter.section("kept clouds")
        terminalreporter.write(kept_clouds_message(kept))
