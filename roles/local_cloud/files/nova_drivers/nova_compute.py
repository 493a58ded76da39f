# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run nova-compute with the drivers of this role.

Nova loads drivers only from its package ``nova.virt``. This program adds the folder ``virt`` to this package, so that
clouds can share the installed packages of Nova.
"""

import sys
from pathlib import Path

import nova.virt

nova.virt.__path__.append(str(Path(__file__).parent / "virt"))

# This import replaces modules of the standard library for eventlet, so no other import may precede it.
from nova.cmd.compute import main  # noqa: E402 - the package must be complete before

sys.argv[0] = "nova-compute"
sys.exit(main())
