# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replaces every program of a local cloud, and Python itself.

For cloudctl, ``toy_program.py PATH ARGUMENT…`` behaves like the program PATH. It saves its orders in ``top/told/``, and
renders the configuration as the real program does.

Files in ``top/told/`` change the behaviour of the program NAME. With ``fails-NAME`` its exit code is 3. With
``hangs-NAME`` it runs while the file exists. The files ``dies-NAME`` and ``deaf-NAME`` are for programs that
supervisord starts. The file ``volumes`` has the rows that the program mariadb prints.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

PASTE_FILES = ("glance/glance-api-paste.ini", "neutron/api-paste.ini", "nova/api-paste.ini")
STATUS_PROGRAMS = tuple(f"{name}-status" for name in ("keystone", "placement", "glance", "neutron", "nova"))
DATA_PROGRAMS = ("placement-manage", "nova-manage")
CINDER_FILES = ("cinder/api-paste.ini", "cinder/resource_filters.json")


def python(argv: list[str], top: Path) -> int:
    """Act as Python: create an environment, install packages, or run a script of ``venv_scripts``."""
    if argv[0] == "-c":
        # Some upgrade checks first import a module: -c CODE MODULE PROGRAM ARGUMENT…
        return upgrade_command(Path(argv[3]).name, top) if "run_path" in argv[1] else 0
    if argv[:2] == ["-m", "venv"]:
        make_environment(Path(argv[2]))
    elif argv[2:] == ["config", "list"]:
        print("global.index-url='https://mirror.example/simple'")
    elif Path(argv[0]).name in ("render.py", "requirements.py"):
        return subprocess.run([sys.executable, *argv], check=False).returncode
    elif argv[0] != "-m":
        number = len(list((top / "told").iterdir()))
        order = top / "told" / f"{Path(argv[0]).stem}-{number}-{os.getpid()}.json"
        # A test can read the order at any time, so the file appears with its whole content.
        order.with_suffix(".new").write_text(sys.stdin.read())
        order.with_suffix(".new").rename(order)
    return 0


def make_environment(folder: Path) -> None:
    (folder / "bin").mkdir(parents=True)
    for name in ("python", "uv", "neutron-ovn-db-sync-util", *STATUS_PROGRAMS, *DATA_PROGRAMS):
        shutil.copy(os.environ["TOY_LAUNCHER"], folder / "bin" / name)
    make_files(folder, PASTE_FILES)
    metadata = folder / "lib" / "python3.11" / "site-packages" / "nova-34.0.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Name: nova\nVersion: 34.0.0\n")


def add_cinder(folder: Path) -> None:
    """Add the files of Cinder that cloudctl uses to an environment."""
    make_files(folder, CINDER_FILES)


def make_files(folder: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (folder / "etc" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "etc" / name).touch()


def upgrade_command(program: str, top: Path) -> int:
    """Act as a command of an upgrade."""
    rows = top / "told" / "rows"
    if program in STATUS_PROGRAMS:
        print("| Check: Cells v2     |\n| Result: Success     |")
    if program == "nova-manage":
        print(f"|   migrate_things   |      1       |     {int(rows.exists())}     |")
        if rows.exists():
            rows.unlink()
            return 1  # there can be more rows
    return 0


def main() -> int:
    program, argv = Path(sys.argv[1]).name, sys.argv[2:]
    top = Path(os.environ["TOY_TOP"])
    name = Path(argv[0]).stem if argv and argv[0].endswith(".py") else program
    if name == "supervise":
        daemon = Path(__file__).with_name("toy_supervisord.py")
        return subprocess.run([sys.executable, str(daemon), argv[2]], check=False).returncode
    code = python(argv, top) if program == "python" else 0
    if program == "uv":
        (top / "told" / "uv.json").write_text(json.dumps(dict(os.environ)))
        if argv[-1].endswith("/volumes.txt"):
            add_cinder(Path(argv[argv.index("--python") + 1]).parents[1])
    if program in ("ovn-nbctl", "ovn-sbctl", "neutron-ovn-db-sync-util"):
        with (top / "told" / "ovn").open("a") as commands:
            commands.write(f"{program} {argv[-1]}\n")
    code = upgrade_command(program, top) or code
    if program == "mariadb" and "last_seen_up" in argv[-1]:
        # cloudctl requires a heartbeat after the start.
        print("".join(f"compute{number}\t{int(time.time()) + 1}\n" for number in range(1, 10)), end="")
        return 0
    if program == "mariadb":
        rows = top / "told" / ("ports" if "neutron.ports" in argv[-1] else "volumes")
        print(rows.read_text() if rows.exists() else "", end="")
    while (top / "told" / f"hangs-{name}").exists():
        time.sleep(0.02)
    if (top / "told" / f"fails-{name}").exists():
        print(f"{name} has a bad day")
        return 3
    return code


if __name__ == "__main__":
    sys.exit(main())
