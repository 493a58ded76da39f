# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of OpenStack that belong to an upgrade, such as ``nova-status upgrade check``.

Their order is that of Nova's documentation ("Upgrades", rolling upgrade process).
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from .errors import CloudError, with_log

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .step_functions import StepContext

# The services whose data migrates while they run. The other services migrate all data with their tables.
SERVICES_WITH_DATA = ("placement", "nova", "cinder")
# The exit codes of the command `upgrade check` of each service (oslo.upgradecheck). Other codes are failures.
CHECK_PASSED, CHECK_WARNED = 0, 1
# The exit codes of the command `online_data_migrations`. With the second code, there can be more data to migrate.
DATA_COMPLETE, DATA_MIGRATED = 0, 1
MAX_DATA_RUNS = 10
# The table that an upgrade check prints.
CHECK_ROW = re.compile(r"^\| Check: (?P<check>.*?) *\|$\n^\| Result: (?P<result>.*?) *\|$", re.MULTILINE)
# The rows of the table that nova-manage prints: the name of a migration, the found and the migrated rows.
DATA_ROW = re.compile(r"^\|\s*(?P<name>\w+)\s*\|\s*(?P<needed>\d+)\s*\|\s*(?P<done>\d+)\s*\|$", re.MULTILINE)

# Import the module of the first argument. Then run the program of the second argument with the other arguments.
IMPORT_FIRST = (
    "import importlib, runpy, sys; importlib.import_module(sys.argv[1]); sys.argv[:2] = [];"
    " runpy.run_path(sys.argv[0], run_name='__main__')"
)


def parse_checks(text: str) -> list[dict[str, str]]:
    """Return the name and the result of each check in the output of an upgrade check."""
    return [match.groupdict() for match in CHECK_ROW.finditer(text)]


def parse_data(text: str) -> dict[str, int]:
    """Return the number of migrated rows by the name of the migration. Migrations without rows are left out."""
    return {match["name"]: int(match["done"]) for match in DATA_ROW.finditer(text) if int(match["done"])}


def check(context: StepContext, services: Sequence[str]) -> list[dict[str, str]]:
    """Run the upgrade check of services with the release of the controllers. Return the results.

    Each result has the keys ``service``, ``check`` and ``result``. Raise CloudError if a check fails.
    """
    found = []
    for service in services:
        code, text = _run(context, service, f"{service}-status", ("upgrade", "check"))
        if code not in (CHECK_PASSED, CHECK_WARNED):
            msg = (
                f"{service}-status upgrade check failed with exit code {code}. Correct what the check names, and start "
                f"the same command again."
            )
            raise CloudError(with_log(msg, context.settings.layout.log_of(_log(service))))
        found += [{"service": service, **row} for row in parse_checks(text)]
    return found


def migrate_data(context: StepContext, services: Sequence[str]) -> dict[str, int]:
    """Run the online data migrations of services until no data is left. Return the migrated rows by name."""
    total: dict[str, int] = {}
    for service in services:
        code = DATA_MIGRATED
        for _run_number in range(MAX_DATA_RUNS):
            code, text = _run(context, service, f"{service}-manage", ("db", "online_data_migrations"))
            for name, rows in parse_data(text).items():
                total[name] = total.get(name, 0) + rows
            if code != DATA_MIGRATED:
                break
        if code != DATA_COMPLETE:
            msg = f"{service}-manage db online_data_migrations failed with exit code {code}."
            raise CloudError(with_log(msg, context.settings.layout.log_of(_log(service))))
    return total


def _run(context: StepContext, service: str, program: str, arguments: Sequence[str]) -> tuple[int, str]:
    """Run a program of the release of the controllers. Return its exit code and its output."""
    path = context.settings.layout.log_of(_log(service))
    begin = path.stat().st_size if path.exists() else 0
    programs = context.settings.environment.path / "bin"
    command = [str(programs / program)]
    module = context.settings.release.get("upgrade_check_imports", {}).get(service)
    if module and program.endswith("-status"):
        command = [str(programs / "python"), "-c", IMPORT_FIRST, module, *command]
    command += [*context.schema(service).options(context.settings), *arguments]
    what = " ".join((program, *arguments))
    environment = {"PYTHONPATH": os.pathsep.join(map(str, context.settings.source_path(service)))}
    code = context.runner.run(what, command, log=_log(service), extra_env=environment, accepted=range(256))
    with path.open(encoding="utf-8", errors="replace") as log:
        log.seek(begin)
        return code, log.read()


def _log(service: str) -> str:
    return f"upgrade-{service}"


def results(checks: Sequence[dict[str, Any]]) -> str:
    """Return the number of checks by their result as text, for example "7 Success, 1 Warning"."""
    names = [row["result"] for row in checks]
    return ", ".join(f"{names.count(name)} {name}" for name in dict.fromkeys(names)) or "no check"
