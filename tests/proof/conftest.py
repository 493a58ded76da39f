# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the proof: its clouds, and the tables of its results.

The last complete run of each file writes its table into the documentation.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.tests.proof import record
from ansible_collections.stackproof.migration.tests.proof.clouds import (
    KEPT_CLOUDS,
    VOLUMES_PORT_BASE,
    kept_clouds_message,
    running,
)
from ansible_collections.stackproof.migration.tests.proof.prover import RUNS, Prover, healthy_runs
from ansible_collections.stackproof.migration.tests.proof.rows import Table
from ansible_collections.stackproof.migration.tests.proof.runs import ROOT

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from ansible_collections.stackproof.migration.tests.proof.lab import Lab

TABLES = pytest.StashKey[dict[str, Table]]()
RUNS_OF_FILES = pytest.StashKey[record.Runs]()
# Parts of the proof that run at the same time use different clouds.
PART = os.environ.get("PROOF_PART", "")
PORT_BASE = int(os.environ.get("PROOF_PORT_BASE") or {"faults": 18830}.get(PART, 18850))
GUESTS_PORT_BASE = 18870
AUDIT_PORT_BASE = 18970
COVERAGE_PORT_BASE = 18990
SCENARIOS_PORT_BASE = 19010
PAGE = ROOT / "docs" / "proof.md"
BEGIN, END = "<!-- the record begins -->\n", "<!-- the record ends -->\n"
RECORD = Path(__file__).with_name("record.json")


def pytest_configure(config: pytest.Config) -> None:
    # openstacksdk warns about its own deprecated modules, which no test imports.
    config.addinivalue_line("filterwarnings", "ignore::PendingDeprecationWarning")
    config.stash[KEPT_CLOUDS] = []
    config.stash[TABLES] = {}
    config.stash[RUNS_OF_FILES] = record.Runs()
    # The run does not include the other tests of a file from which the command line selects tests.
    config.stash[RUNS_OF_FILES].leave_out(argument for argument in config.args if "::" in argument)


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    for item in items:
        item.config.stash[RUNS_OF_FILES].leave_out([item.nodeid])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.config.stash[RUNS_OF_FILES].add(report)
    return report


@pytest.fixture(scope="session")
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Yield the cloud for all rows that need no QEMU guests."""
    yield from running(PART, PORT_BASE, request, local_cloud_hypervisor="fake")


@pytest.fixture(scope="session")
def audit_lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Yield a cloud with volumes and ports, in which rows leave behind what earlier migrations can leave."""
    yield from running(
        "audit",
        AUDIT_PORT_BASE,
        request,
        local_cloud_hypervisor="fake",
        local_cloud_hosts=3,
        local_cloud_volumes="fake",
        local_cloud_networks="flat",
    )


@pytest.fixture(scope="session")
def guest_lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Yield a cloud whose hosts run QEMU guests.

    The cloud copies memory slowly, so that a row can act during a copy.
    """
    if os.geteuid() != 0:
        pytest.skip("libvirt hosts need root")
    yield from running(
        "guests",
        GUESTS_PORT_BASE,
        request,
        local_cloud_hypervisor="libvirt",
        local_cloud_migration_bandwidth=8,
    )


@pytest.fixture(scope="session", params=["fake", "libvirt"])
def volume_lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Yield a cloud with volumes for each kind of hosts."""
    if request.param == "libvirt" and os.geteuid() != 0:
        pytest.skip("libvirt hosts need root")
    yield from running(
        f"volumes-{request.param}",
        VOLUMES_PORT_BASE,
        request,
        local_cloud_hypervisor=request.param,
        local_cloud_volumes="auto",
        # The copy takes some seconds, so that a row can act during the copy.
        local_cloud_migration_bandwidth=4,
    )


@pytest.fixture(scope="session")
def coverage_lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Yield a cloud with enough hosts to find out which one is at fault."""
    yield from running(
        "coverage",
        COVERAGE_PORT_BASE,
        request,
        local_cloud_hypervisor="fake",
        local_cloud_hosts=4,
    )


@pytest.fixture(scope="session")
def scenario_lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Yield a cloud that offers what all scenarios need, except guests that count."""
    yield from running(
        "scenarios",
        SCENARIOS_PORT_BASE,
        request,
        local_cloud_hypervisor="fake",
        local_cloud_hosts=3,
        local_cloud_volumes="fake",
        local_cloud_networks="flat",
        local_cloud_same_host_resize=True,
    )


@pytest.fixture
def volume_prover(volume_lab: Lab, table: Table) -> Prover:
    return Prover(volume_lab, table)


@pytest.fixture
def guest_prover(guest_lab: Lab, table: Table) -> Prover:
    return Prover(guest_lab, table)


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Table:
    """Yield the table of the file to which the test belongs."""
    return request.config.stash[TABLES].setdefault(request.path.name, Table())


@pytest.fixture
def prover(lab: Lab, table: Table) -> Prover:
    return Prover(lab, table)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: pytest.ExitCode, config: pytest.Config
) -> None:
    """Print the tables and the names of kept clouds.

    Write the table of each file whose tests all ran and passed into the record and into the documentation. An
    interrupted run is not recorded, because its last file is incomplete.
    """
    tables = config.stash[TABLES]
    for name, table in tables.items():
        terminalreporter.section(name)
        terminalreporter.write(record.table_markdown(table.lines))
    ended = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    complete = config.stash[RUNS_OF_FILES].complete() if ended and healthy_runs() >= RUNS else {}
    if complete:
        facts = {"date": dt.datetime.now(tz=dt.UTC).date().isoformat(), "commit": _commit()}
        entries = {name: record.entry(tables.get(name, Table()), counts, **facts) for name, counts in complete.items()}
        write_record(entries)
        terminalreporter.write(f"Recorded in {RECORD.name} and {PAGE.name}: {', '.join(sorted(complete))}.\n")
    if kept := config.stash[KEPT_CLOUDS]:
        terminalreporter.section("kept clouds")
        terminalreporter.write(kept_clouds_message(kept))


def write_record(entries: Mapping[str, Mapping[str, Any]]) -> None:
    """Add the entries to the record, and write the record into the documentation."""
    recorded = record.current({**record.read(RECORD), **entries}, RECORD.parent)
    record.write(RECORD, recorded)
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{record.markdown(recorded, RECORD.parent)}\n{END}{after}", encoding="utf-8")


def _commit() -> str:
    """Return the commit of the checkout. A plus sign marks a checkout with uncommitted changes."""
    command = ("git", "describe", "--always", "--dirty=+", "--exclude=*", "--abbrev=10")
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
