# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hash the configuration files of each program, so that a start restarts only changed programs."""

from __future__ import annotations

import configparser
from typing import TYPE_CHECKING

from .settings import NEUTRON_DRIVERS, NOVA_DRIVERS, VOLUME_PROGRAM
from .store import digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .settings import Settings

# Every other program of the local cloud needs these programs.
BASE_SERVICES = ("mariadb", "rabbitmq", "epmd")
SUPERVISOR = "supervisord"
SECTION = "program:"


def digests(settings: Settings) -> dict[str, str]:
    """Return a hash of the configuration of each program."""
    parser = configparser.RawConfigParser()
    parser.read(settings.layout.etc / "supervisord.conf", encoding="utf-8")
    # If one command of a compute host changes, all programs of this host are restarted. The hosts are connected to the
    # network programs, so a changed network program also restarts the hosts. Only nova-compute itself depends on its
    # command, which contains its release. A restart of the other programs would stop the guests.
    host_programs = {
        name: tuple(
            part
            for part in (*settings.network_programs, *settings.programs_of(host))
            if part == name or part != f"nova-{host}"
        )
        for host in settings.hosts
        for name in settings.programs_of(host)
    }
    commands = {
        name: "\n".join(_section_text(parser, f"{SECTION}{part}") for part in host_programs.get(name, (name,)))
        for name in settings.programs
    }
    others = "\n".join(_section_text(parser, name) for name in parser.sections() if not name.startswith(SECTION))
    return {
        SUPERVISOR: digest(others.encode()),
        **{
            name: digest(command.encode(), *(path.read_bytes() for path in _config_files(settings, name)))
            for name, command in commands.items()
        },
    }


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> set[str]:
    """Return the programs whose configuration was removed or changed after their start."""
    return {name for name, read in before.items() if now.get(name) != read}


def _section_text(parser: configparser.RawConfigParser, section: str) -> str:
    return "\n".join((section, *(f"{name} = {value}" for name, value in parser.items(section))))


def _config_files(settings: Settings, program: str) -> list[Path]:
    etc = settings.layout.etc
    found = [*_files_below(etc / _folder(program))]
    if program in settings.wsgi:
        found.append(etc / "gunicorn.py")
    if program == "neutron":
        found += _files_below(NEUTRON_DRIVERS)
    if program == VOLUME_PROGRAM:
        found += _files_below(settings.hypervisor_dir / "cinder_drivers")
    if program in settings.network_programs:
        found += [etc / "hypervisor" / name for name in ("network.json", f"{program}.py")]
    host = program.rpartition("-")[2]
    if host in settings.hosts:
        # Programs read the file `hosts` at each name lookup, so its changes need no restart.
        found += [
            path
            for path in (*_files_below(etc / host), *_files_below(etc / "hypervisor"))
            if path != etc / host / "hosts"
        ]
        if program == f"nova-{host}":
            found += [*_files_below(settings.hypervisor_dir / "nova_virt"), *_files_below(NOVA_DRIVERS)]
        else:
            # A restart would stop the guests, so a changed configuration file does not restart the compute host.
            found.remove(etc / host / "nova-compute.conf")
    return found


def _folder(program: str) -> str:
    service = program.partition("-")[0]
    return service if service in ("nova", "cinder", "ceph") else program


def _files_below(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
