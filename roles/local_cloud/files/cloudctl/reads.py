# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hash the configuration that each program reads at its start.

A start of the cloud restarts only programs whose hash has changed.
"""

from __future__ import annotations

import configparser
from typing import TYPE_CHECKING

from .settings import digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .settings import Settings

# All programs need the programs in this list. If the configuration of a program in this list changes, all programs are
# restarted.
FOUNDATION = ("mariadb", "rabbitmq", "epmd")
SUPERVISOR = "supervisord"
SECTION = "program:"


def digests(settings: Settings) -> dict[str, str]:
    """Return a hash of the configuration of each program, by the name of the program."""
    parser = configparser.RawConfigParser()
    parser.read(settings.layout.etc / "supervisord.conf", encoding="utf-8")
    # A compute host has several programs. If the command of one program changes, all programs of this host are
    # restarted.
    together = {name: settings.programs_of(host) for host in settings.hosts for name in settings.programs_of(host)}
    commands = {
        name: "\n".join(_text(parser, f"{SECTION}{part}") for part in together.get(name, (name,)))
        for name in settings.programs
    }
    others = "\n".join(_text(parser, name) for name in parser.sections() if not name.startswith(SECTION))
    return {
        SUPERVISOR: digest(others.encode()),
        **{
            name: digest(command.encode(), *(path.read_bytes() for path in _files(settings, name)))
            for name, command in commands.items()
        },
    }


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> set[str]:
    """Return the programs whose configuration has been removed or has changed since the program started."""
    return {name for name, read in before.items() if now.get(name) != read}


def _text(parser: configparser.RawConfigParser, section: str) -> str:
    return "\n".join((section, *(f"{name} = {value}" for name, value in parser.items(section))))


def _files(settings: Settings, program: str) -> list[Path]:
    etc = settings.layout.etc
    found = [*_below(etc / _folder(program))]
    if program in settings.release["wsgi"]:
        found.append(etc / "gunicorn.py")
    host = program.rpartition("-")[2]
    if host in settings.hosts:
        # Programs read the file `hosts` at each name lookup. The hash does not include this file, so a host keeps
        # running when another host is added or removed.
        found += [path for path in (*_below(etc / host), *_below(etc / "hypervisor")) if path != etc / host / "hosts"]
        if program == f"nova-{host}":
            found += _below(settings.hypervisor_dir / "nova_virt")
        else:
            # If only the settings of nova-compute change, the host and its guests keep running.
            found.remove(etc / host / "nova-compute.conf")
    return found


def _folder(program: str) -> str:
    return "nova" if program.startswith("nova-") else program


def _below(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
