# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read counts from the database of the local cloud.

In a stopped cloud, the database can run without the other services.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from .errors import CloudError

if TYPE_CHECKING:
    from .settings import Settings


def counts(settings: Settings, password: str, query: str, what: str) -> dict[str, int]:
    """Return the rows of a query that selects a name and a number.

    Raise CloudError if the query fails. ``what`` describes the counted objects.
    """
    command = ["mariadb", "--no-defaults", f"--socket={settings.layout.database_socket}", "--user=root"]
    command += ["--batch", "--skip-column-names", f"--execute={query}"]
    # The password is not an argument, because all users of the machine can read arguments.
    environment = {**os.environ, "MYSQL_PWD": password}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        msg = f"The {what} of the cloud cannot be counted: {done.stderr.strip()}"
        raise CloudError(msg)
    rows = (line.split("\t") for line in done.stdout.splitlines())
    return {name: int(number) for name, number in rows}
