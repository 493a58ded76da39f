# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hash the configuration files of each program. A start restarts only programs whose hash has changed."""

from __future__ import annotations

import configparser
from typing import TYPE_CHECKING

from .settings import digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .settings import Settings

# All other programs require these programs.
FOUNDATION = ("mariadb", "rabbitmq", "epmd")
SUPERVISOR = "supervisord"
SECTION = "program:"


def digests(settings: Settings) -> dict[str, str]:
    """Return a hash of the configuration of each program."""
    parser = configparser.RawConfigParser()
    parser.read(settings.layout.etc / "supervisord.conf", encoding="utf-8")
    # If one command of a compute host changes, all programs of this host are restarted.
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
    """Return the programs whose configuration was removed or changed after their start."""
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
        # The file `hosts` is not hashed, because programs read it at each name lookup.
        found += [path for path in (*_below(etc / host), *_below(etc / "hypervisor")) if path != etc / host / "hosts"]
        if program == f"nova-{host}":
            found += _below(settings.hypervisor_dir / "nova_virt")
        else:
            found.remove(etc / host / "nova-compute.conf")
    return found


def _folder(program: str) -> str:
    return "nova" if program.startswith("nova-") else program


def _below(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
