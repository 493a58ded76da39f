#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the one job of a crontab now, as cron runs it: by /bin/sh, in the user's home, with little in the environment.

usage: as_cron.py CRONTAB HOME [NAME=VALUE ...]     these settings stand for the crontab's of the same names
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

SETTING = re.compile(r"(\w+)\s*=\s*(.*)")
# minute, hour, day of the month, month, day of the week, and the command as it stands
JOB = re.compile(r"((?:[\d*,/-]+\s+){5})(.+)")


def read(crontab: Path) -> tuple[dict[str, str], str]:
    """The settings and the command."""
    settings: dict[str, str] = {}
    commands: list[str] = []
    for line in crontab.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if setting := SETTING.fullmatch(text):
            # cron takes values as they stand: no variable is replaced in them
            settings[setting[1]] = setting[2]
        elif job := JOB.fullmatch(text):
            commands.append(job[2])
        else:
            sys.exit(f"cron would not take this line: {line}")
    if len(commands) != 1:
        sys.exit(f"one job is expected, found {len(commands)}")
    if "%" in commands[0]:
        sys.exit("cron takes what follows a % for the command's input")
    return settings, commands[0]


def main() -> None:
    """Do as the command line says; print what came of it."""
    crontab, home = Path(sys.argv[1]), sys.argv[2]
    settings, command = read(crontab)
    known = dict(argument.split("=", 1) for argument in sys.argv[3:])
    if strange := set(known) - set(settings):
        sys.exit(f"not set in the crontab: {', '.join(sorted(strange))}")
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=home,
        env={"HOME": home, "LOGNAME": "operator", "SHELL": "/bin/sh", **settings, **known},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(json.dumps({"rc": done.returncode, "mail": done.stdout}))


if __name__ == "__main__":
    main()
