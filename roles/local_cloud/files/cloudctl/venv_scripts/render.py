# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render the configuration files of the local cloud.

Standard input is JSON with the variables of the templates.

For example, the template ``config/nova/nova.conf.j2`` becomes the file ``etc/nova/nova.conf``. The templates in
``config/compute`` are rendered for each compute host. A template in the folder of the hypervisor replaces the template
with the same name.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import jinja2

CONFIG = Path(__file__).parent.parent / "config"
PER_HOST = "compute"


def targets(template: Path, hosts: list[dict[str, str]]) -> list[tuple[Path, dict[str, str]]]:
    """Return the paths of the files that a template creates, each with its template variables."""
    plain = template.with_suffix("")
    if plain.parts[0] == PER_HOST:
        return [(Path(particular["host"], *plain.parts[1:]), particular) for particular in hosts]
    return [(plain, {})]


def write(path: Path, text: str) -> None:
    """Write a file that only its owner can read, because it may contain passwords. A script can be executed."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The file is not replaced, because it may be mounted in a compute host.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        os.fchmod(out.fileno(), 0o700 if text.startswith("#!") else 0o600)
        out.write(text)


def render(context: dict[str, Any]) -> None:
    """Create the configuration files, and copy the paste.deploy files of the services."""
    etc = Path(context["etc"])
    for service in context["absent_services"]:
        shutil.rmtree(etc / service, ignore_errors=True)  # the cloud no longer has this service
    folders = [CONFIG, Path(context["hypervisor_dir"], "config")]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([str(folder) for folder in reversed(folders)]),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - these are configuration files, not HTML
    )
    for folder in folders:
        for template in sorted(folder.rglob("*.j2")):
            relative = template.relative_to(folder)
            if relative.parts[0] in context["absent_services"]:
                continue
            for target, particular in targets(relative, context["hosts"]):
                text = environment.get_template(str(relative)).render({**context, **particular})
                write(etc / target, text)
    for source, target in context["paste_files"].items():
        shutil.copyfile(source, etc / target)


if __name__ == "__main__":
    render(json.load(sys.stdin))
