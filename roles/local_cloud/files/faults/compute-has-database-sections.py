# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""nova-compute has the sections [database] and [api_database] in its configuration.

Nova's documentation forbids this. With these sections, nova-compute cannot find the oldest release of the compute
hosts, so [upgrade_levels] compute = auto has no effect in it. In a cloud with two releases, a compute host then sends
messages that an older compute host does not receive.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

PROGRAMS = ("nova-compute",)
MODULE = "nova.config"


def patch_module(module: Any) -> None:
    """Also read the configuration file with these sections. The services of the control plane read it."""
    parse_args = module.parse_args
    nova_conf = next(Path(argument) for argument in sys.argv if argument.endswith("/nova.conf"))

    def parse_args_with_databases(argv: list[str], *arguments: Any, **more: Any) -> None:
        parse_args([*argv, "--config-file", str(nova_conf.with_name("databases.conf"))], *arguments, **more)

    module.parse_args = parse_args_with_databases
