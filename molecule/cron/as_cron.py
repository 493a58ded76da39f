#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the command of a crontab file with the environment that cron uses.

usage: as_cron.py CRONTAB HOME [NAME=VALUE ...]
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

SETTING = re.compile(r"(\w+)\s*=\s*(.*)")
# A crontab line has five time fields, such as minute and hour, and then a command.
JOB = re.compile(r"((?:[\d*,/-]+\s+){5})(.+)")


def read(crontab: Path) -> tuple[dict[str, str], str]:
    settings: dict[str, str] = {}
    commands: list[str] = []
    for line in crontab.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if setting := SETTING.fullmatch(text):
            # cron does not expand variables in values.
            settings[setting[1]] = setting[2]
        elif job := JOB.fullmatch(text):
            commands.append(job[2])
        else:
            sys.exit(f"cron would refuse this line: {line}")
    if len(commands) != 1:
        sys.exit(f"The crontab must contain one job, but it has {len(commands)}")
    if "%" in commands[0]:
        sys.exit("The command contains the character %, which cron does not pass to the shell.")
    return settings, commands[0]


def main() -> None:
    crontab, home = Path(sys.argv[1]), sys.argv[2]
    settings, command = read(crontab)
    known = dict(argument.split("=", 1) for argument in sys.argv[3:])
    if strange := set(known) - set(settings):
        sys.exit(f"The crontab has no settings with these names: {', '.join(sorted(strange))}")
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
