# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start, stop and remove a local cloud."""

from __future__ import annotations

import dataclasses
import functools
import os
import shutil
import time
from typing import TYPE_CHECKING, Any

from . import (
    access,
    config_hashes,
    install_sources,
    notifications,
    plan,
    preconditions,
    source_changes,
    upgrade,
)
from .control_commands import control_commands
from .errors import CloudError
from .faults import Faults, require_inputs, select_faults
from .graph import Progress, run_graph
from .processes import memory_bytes, own_processes, stop_all_processes
from .runner import Runner
from .services import Services
from .settings import PORT_BASE
from .step_functions import CHECKED, CONFIG_HASHES, StepContext, install_openstack, write_configuration
from .store import State, load_secrets, locked, write_private

if TYPE_CHECKING:
    import contextlib
    import threading
    from collections.abc import Callable

    from .settings import Settings

# This key in the state file is set when the cloud is ready.
COMPLETE = "complete"
STOP_SECONDS = 20
# A compute host with guests has its own copy of these system folders.
HOST_FOLDERS = ("/run", "/dev", "/proc", "/sys", "/var/lib/nova", "/var/lib/libvirt")


@dataclasses.dataclass(frozen=True)
class Cloud:
    """A local cloud that is started, stopped, or absent."""

    settings: Settings
    print_progress: Callable[[str], None]
    cancelled: threading.Event

    def start(self) -> dict[str, Any]:
        """Start the cloud. If settings have changed, restart only the affected programs."""
        self._require_root()
        install_sources.require_trees(self.settings)
        self._print_fault_warning()
        self.settings.layout.check()
        with self._lock("start"):
            # During the wait for the lock, another command may have changed the cloud.
            return dataclasses.replace(self, settings=self.settings.with_current_ports()).start_locked()

    def start_locked(self) -> dict[str, Any]:
        """Start the cloud while the caller holds the lock."""
        self._require_unchanged_hypervisor()
        found = self._current_state()
        self.settings.layout.make()
        if self._is_started():
            return self._make_result(found=found, changed=False)
        started = time.monotonic()
        seconds = self._run_start()
        return self._make_result(found=found, changed=True, seconds=seconds, total=round(time.monotonic() - started, 1))

    def check_pythons(self) -> dict[str, Any]:
        """Require a Python for each release in the cloud. Return its path by the name of the release."""
        pythons = {name: environment.python for name, environment in self.settings.environments.items()}
        return {"changed": False, "pythons": pythons}

    def check_upgrade(self) -> dict[str, Any]:
        """Run the upgrade check of each service with the release of the controllers."""
        with self._lock("check-upgrade"):
            checks = upgrade.check(self._context(), tuple(self.settings.wsgi))
        self.print_progress(f"upgrade checks of the services: {upgrade.results(checks)}")
        return {"changed": False, "checks": checks}

    def migrate_data(self) -> dict[str, Any]:
        """Run the online data migrations of the services with the release of the controllers."""
        services = [name for name in upgrade.SERVICES_WITH_DATA if name in self.settings.wsgi]
        with self._lock("migrate-data"):
            migrated = upgrade.migrate_data(self._context(), services)
        listing = ", ".join(f"{name} {rows}" for name, rows in migrated.items()) or "no rows were left"
        self.print_progress(f"online_data_migrations of {', '.join(services)}: {listing}")
        return {"changed": bool(migrated), "migrated_rows": migrated}

    def stop(self) -> dict[str, Any]:
        """Stop all processes of the cloud and keep its files."""
        layout = self.settings.layout
        if not layout.marker.exists():
            # Without its folder, supervisord has no socket and receives no command to stop the processes.
            return {"changed": bool(stop_all_processes(layout, timeout=5)), "state": "stopped"}
        with self._lock("stop"):
            running = bool(own_processes(layout))
            if running:
                self._stop_processes()
        return {"changed": running, "state": "stopped"}

    def remove(self) -> dict[str, Any]:
        """Stop all processes of the cloud and remove its folder."""
        layout = self.settings.layout
        if not layout.top.exists():
            return {"changed": bool(stop_all_processes(layout, timeout=5)), "state": "absent"}
        layout.check()
        with self._lock("remove"):
            # Another command may have removed the cloud while this command waited for the lock.
            found = self._current_state()
            self._stop_processes()
            shutil.rmtree(layout.top)
        return {"changed": found != "absent", "state": "absent"}

    def _require_root(self) -> None:
        hypervisor = self.settings.hypervisor
        if hypervisor["needs_root"] and os.geteuid() != 0:
            problem = f"Compute hosts of the kind {hypervisor['name']} require root, but the present user is not root."
            cause = "The option become has no effect on this task."
            msg = f"{problem} {cause} Run the playbook as root, or set local_cloud_hypervisor=fake."
            raise CloudError(msg)
        inputs = {
            "local_cloud_dir": self.settings.layout.top,
            "local_cloud_environments_dir": self.settings.environments_dir,
        }
        inputs |= {f"{tree.service} in local_cloud_sources": tree.path for tree in self.settings.sources}
        for name, folder in inputs.items():
            if hypervisor["needs_root"] and any(folder.is_relative_to(place) for place in HOST_FOLDERS):
                msg = (
                    f"Compute hosts of the kind {hypervisor['name']} cannot use the folder {folder}, because they have "
                    f"their own {', '.join(HOST_FOLDERS)}. Set {name} to another folder."
                )
                raise CloudError(msg)

    @functools.cached_property
    def _faults(self) -> Faults:
        settings = self.settings
        chosen = select_faults(settings.faults_dir, settings.faults)
        values = {
            "hypervisor": settings.hypervisor["name"],
            "volumes": settings.volumes,
            "networks": settings.networks,
            "notifications": str(settings.notifications).lower(),
        }
        require_inputs(chosen, values)
        return Faults(settings.layout, chosen, settings.hosts)

    def _print_fault_warning(self) -> None:
        for line in self._faults.warning_lines():
            self.print_progress(line)

    def _require_unchanged_hypervisor(self) -> None:
        """Raise CloudError if the existing local cloud uses another hypervisor."""
        stored = State(self.settings.layout.state).get("hypervisor")
        chosen = self.settings.hypervisor["name"]
        if self.settings.auto_hypervisor and stored not in {None, chosen}:
            problem = (
                f"Another command has just created this cloud. Its compute hosts are of the kind {stored}, and this "
                f"command requires the kind {chosen}."
            )
            msg = f"{problem} Nothing was changed. Run this command again."
            raise CloudError(msg)

    def _lock(self, command: str) -> contextlib.AbstractContextManager[None]:
        def on_wait(holder: str) -> None:
            self.print_progress(f"Another command works on this cloud ({holder}). Waiting until it ends.")

        return locked(self.settings.layout, command, on_wait, self.cancelled)

    def _runner(self) -> Runner:
        return Runner(self.settings.layout, self.cancelled)

    def _services(self) -> Services:
        return Services(self.settings, self._runner())

    def _is_started(self) -> bool:
        state = State(self.settings.layout.state)
        complete = state.has(COMPLETE, self.settings.fingerprint()) and not self._faults.changed_programs()
        return complete and self._services().all_ready()

    def _run_start(self) -> dict[str, float]:
        layout, context = self.settings.layout, self._context()
        state, secrets, services = context.state, context.secrets, context.services
        preconditions.require(context)
        if own_processes(layout) and not self._can_keep_processes(state):
            self._stop_processes()
        state.record(COMPLETE, None)
        if own_processes(layout):
            self._update_configuration(context)
        # From now on, the tables of the databases can be those of this release. The role refuses a downgrade.
        state.record("releases", self._releases())
        # The next start of the cloud uses the same ports by default.
        state.record(PORT_BASE, self.settings.port_base)
        # Store the kind of compute hosts as the default for the next start.
        state.record("hypervisor", self.settings.hypervisor["name"])
        if changed_programs := self._faults.changed_programs():
            stopped = services.supervisor.stop(changed_programs)
            self._faults.apply()
            # The services that the stopped programs require are already running.
            services.start(*stopped)
            self.print_progress(f"faults changed in {', '.join(sorted(changed_programs))}")
        # The function run_graph starts the remaining programs and waits until the cloud is usable.
        seconds = run_graph(plan.steps(context), Progress(self.print_progress), self.cancelled)
        write_private(layout.clouds_yaml, access.clouds_yaml(self.settings, secrets))
        if self.settings.notifications:
            write_private(layout.notifications_yaml, notifications.variables_file(self.settings, secrets))
        else:
            layout.notifications_yaml.unlink(missing_ok=True)
        state.record(CHECKED, self.settings.release["name"])
        state.record(COMPLETE, self.settings.fingerprint())
        return seconds

    def _context(self) -> StepContext:
        layout = self.settings.layout
        return StepContext(
            self.settings,
            self._runner(),
            self._services(),
            State(layout.state),
            load_secrets(layout),
            self.print_progress,
        )

    def _releases(self) -> dict[str, str]:
        """Return the releases of the controllers and of the compute hosts."""
        return {"controllers": self.settings.release["name"], **self.settings.host_releases}

    def _can_keep_processes(self, state: State) -> bool:
        """Return whether programs can keep running with the new settings."""
        # Without the link, an earlier version of this collection has started the programs.
        is_linked = self.settings.layout.venv.is_symlink()
        return is_linked and self._services().supervisor.is_running() and state.get(CONFIG_HASHES) is not None

    def _update_configuration(self, context: StepContext) -> None:
        """Write the configuration, and stop each program whose configuration has changed."""
        # The programs keep running during the installation.
        if installed := install_openstack(context):
            self.print_progress(installed)
        write_configuration(context)
        now = config_hashes.digests(self.settings)
        changed = config_hashes.changed(context.state.get(CONFIG_HASHES), now)
        edited = source_changes.affected_programs(self.settings)
        if changed & {config_hashes.SUPERVISOR, *config_hashes.BASE_SERVICES}:
            self._stop_processes()
            return
        for what, programs in (("settings", changed), ("source tree", edited - changed)):
            if stopped := context.services.supervisor.stop(programs):
                self.print_progress(f"{what} changed for {', '.join(sorted(stopped))}")
        context.services.supervisor.reload_config()
        source_changes.forget_imports(self.settings, changed | edited)
        source_changes.store_snapshots(self.settings)
        # If this start is interrupted, the next start must find the old hashes.
        context.state.record(CONFIG_HASHES, now)

    def _stop_processes(self) -> None:
        layout, supervisor = self.settings.layout, self._services().supervisor
        if supervisor.is_running():
            # MariaDB and RabbitMQ stop last, because all other programs need them.
            supervisor.stop_others(excluded=config_hashes.BASE_SERVICES)
            supervisor.shutdown()
            deadline = time.monotonic() + STOP_SECONDS
            while own_processes(layout) and time.monotonic() < deadline:
                time.sleep(0.1)
        stop_all_processes(layout, timeout=5)

    def _current_state(self) -> str:
        layout = self.settings.layout
        if own_processes(layout):
            return "started"
        return "stopped" if layout.marker.exists() else "absent"

    def _make_result(self, *, found: str, changed: bool, **more: object) -> dict[str, Any]:
        layout = self.settings.layout
        result = {
            "changed": changed,
            "found": found,
            "state": "started",
            "clouds_yaml": str(layout.clouds_yaml),
            "notifications_yaml": str(layout.notifications_yaml) if self.settings.notifications else "",
            "releases": self._releases(),
            "hypervisor": self.settings.hypervisor["name"],
            "volumes": self.settings.volumes,
            "guest_namespace": str(layout.guest_namespace) if self.settings.network_programs else "",
            "memory_mib": round(memory_bytes(layout) / 2**20),
            "log_dir": str(layout.log),
            "faults": [fault.name for fault in self._faults.requested],
            "sources": {tree.service: str(tree.path) for tree in self.settings.sources},
            **control_commands(layout.top, os.environ),
            **more,
        }
        if self._faults.requested:
            result["warnings"] = ["\n".join(self._faults.warning_lines())]
        if changed:
            self._print_summary(result)
        return result

    def _other_releases(self) -> str:
        """Return the releases of the hosts that do not have the release of the controllers."""
        controllers = self.settings.release["name"]
        names = [f", {host} with {name}" for host, name in self.settings.host_releases.items() if name != controllers]
        return "".join(names)

    def _print_summary(self, result: dict[str, Any]) -> None:
        layout, settings = self.settings.layout, self.settings
        hosts = f"{len(settings.hosts)} compute hosts ({settings.hypervisor['name']}{self._other_releases()})"
        volumes = f"volumes ({settings.volumes})" if settings.has_volumes else "no volumes"
        what = f"OpenStack {settings.release['name']} with {hosts} and {volumes}"
        control = f"{layout.venv}/bin/supervisorctl -c {layout.etc}/supervisord.conf"
        for line in (
            "",
            f"{what} keeps running and uses {result['memory_mib']} MiB of memory.",
            f"  use        export OS_CLIENT_CONFIG_FILE={layout.clouds_yaml} OS_CLOUD=local",
            *([f"  events     ansible-playbook … -e @{layout.notifications_yaml}"] if settings.notifications else []),
            *([f"  guests     nsenter --net={layout.guest_namespace} …"] if settings.network_programs else []),
            *(f"  source     {tree.service} runs {tree.path}" for tree in settings.sources),
            f"  status     {control} status",
            f"  logs       {layout.log}",
            f"  stop       {result['stop_command']}",
            f"  remove     {result['remove_command']}",
        ):
            self.print_progress(line)
        self._print_fault_warning()
