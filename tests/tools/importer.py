# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run galaxy-importer on the tarball, as Galaxy and Automation Hub do on every upload. Fail on any warning.

usage: importer.py TARBALL HOME ENVIRONMENT CONFIGURATION
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LEVELS = ("WARNING:", "ERROR:", "CRITICAL:")
# If a run is complete, galaxy-importer prints this line at its end.
DONE = "Importer processing completed successfully"
# galaxy-importer writes its result into this file. The path is relative to the working folder.
RESULT = "importer_result.json"
DOCUMENTED = ("module", "filter", "lookup", "test")


def complaints(lines: Iterable[str]) -> list[str]:
    """Return the warnings and errors in the output.

    galaxy-importer exits with 0 even if the output contains warnings and errors.
    """
    said = [line.strip() for line in lines]
    found = [line for line in said if line.startswith(LEVELS)]
    return found if DONE in said else [*found, f"the output lacks: {DONE}"]


def unread(result: Mapping[str, Any]) -> list[str]:
    """Return the plugins without documentation. galaxy-importer does not report these plugins."""
    contents = result["docs_blob"]["contents"]
    plugins = [one for one in contents if one["content_type"] in DOCUMENTED]
    silent = [f"{one['content_type']} {one['content_name']}" for one in plugins if not one["doc_strings"]]
    return [f"no documentation of {name}" for name in silent] if plugins else ["no plugin was found"]


def run(tarball: Path, home: Path, environment: Path, configuration: Path) -> list[str]:
    """Run galaxy-importer, print its output, and return the problems."""
    programs = environment / "bin"
    home.mkdir(parents=True, exist_ok=True)
    env = {
        **os.environ,
        # Collections in the user's home folder must not affect the result.
        "HOME": str(home),
        # galaxy-importer finds ansible-doc and ansible-lint on the PATH.
        "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
        "GALAXY_IMPORTER_CONFIG": str(configuration),
    }
    command: list[str | Path] = [programs / "python", "-m", "galaxy_importer.main", tarball]
    with tempfile.TemporaryDirectory(prefix="importer-") as folder:
        ran = subprocess.run(
            command, env=env, cwd=folder, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        print(ran.stdout, end="")
        wrong = complaints(ran.stdout.splitlines())
        if ran.returncode:
            wrong.append(f"galaxy-importer ended with exit code {ran.returncode}")
        found = Path(folder, RESULT)
        return wrong + (
            unread(json.loads(found.read_text())) if found.exists() else [f"galaxy-importer wrote no {RESULT}"]
        )


def main(arguments: Sequence[str]) -> int:
    """Run the command line and return the exit code."""
    match arguments:
        case [tarball, home, environment, configuration]:
            wrong = run(*(Path(path).absolute() for path in (tarball, home, environment, configuration)))
            print(f"galaxy-importer: {len(wrong)} complaints")
            print(*wrong, sep="\n", end="\n" if wrong else "")
            return int(bool(wrong))
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
