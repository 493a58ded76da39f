# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nova refuses to cold-migrate a server from a host whose compute service is disabled.

This fault tests that servers can leave a disabled host.
"""

from __future__ import annotations

from typing import Any

PROGRAMS = ("nova-conductor",)
MODULE = "nova.conductor.tasks.migrate"


def patch_module(module: Any) -> None:
    """Raise an error before the scheduler chooses a host."""
    execute = module.MigrationTask._execute  # noqa: SLF001  # the fault changes this method

    def check_and_execute(self: Any) -> Any:
        if module.objects.Service.get_by_compute_host(self.context, self.instance.host).disabled:
            raise module.exception.ComputeServiceUnavailable(host=self.instance.host)
        return execute(self)

    module.MigrationTask._execute = check_and_execute  # noqa: SLF001  # the fault changes this method
