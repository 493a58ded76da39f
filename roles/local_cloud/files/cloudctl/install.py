# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install OpenStack from a lock file into a virtual environment."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from .environments import SERVICES_MARKER, VOLUMES_MARKER
from .errors import CloudError
from .settings import DISTRIBUTION_FOLDER, DRIVER_FOLDERS, NEUTRON_DRIVERS, NOVA_DRIVERS, NOVA_FOLDER, VOLUME_PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable

    from .environments import Environment
    from .runner import Runner
    from .settings import Settings

# uv does not read the configuration of pip. These variables pass the settings of pip to uv.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}
# The sections of the pip configuration, from the lowest to the highest priority.
PIP_SECTIONS = ("global", "install", ":env:")

# The folder in which Debian installs Python modules.
DISTRIBUTION_PACKAGES = Path("/usr/lib/python3/dist-packages")


def require_ensurepip(python: str) -> None:
    """Raise CloudError if this Python cannot create virtual environments.

    On Debian, the package python3-venv is required.
    """
    probe = subprocess.run([python, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    if probe.returncode != 0:
        msg = (
            f"{python} cannot create virtual environments. Install the package python3-venv "
            f"(apt-get install python3-venv), or set local_cloud_python to another interpreter."
        )
        raise CloudError(msg)


def require_installable(environment: Environment) -> None:
    """Raise CloudError if this machine cannot create the environment."""
    require_ensurepip(environment.python)
    lock_file_entry(environment.lock_file.read_text(encoding="utf-8"), "uv")


def pip_settings(listing: str) -> dict[str, str]:
    """Convert the output of ``pip config list`` to environment variables of uv.

    The output contains lines such as ``global.index-url='https://…'``.
    """
    found: dict[str, str] = {}
    for section in PIP_SECTIONS:
        for option, value in re.findall(rf"^{section}\.([^=]+)='(.*)'$", listing, re.MULTILINE):
            if option in PIP_TO_UV:
                found[PIP_TO_UV[option]] = " ".join(value.replace("\\n", " ").split())
    if "UV_FIND_LINKS" in found:
        found["UV_FIND_LINKS"] = found["UV_FIND_LINKS"].replace(" ", ",")
    return found


def install(
    environment: Environment, scratch: Path, runner: Runner, print_progress: Callable[[str], None], *, volumes: bool
) -> str:
    """Complete a virtual environment. With ``volumes``, it also contains Cinder.

    Return the name of the installed software, or an empty text if the environment was complete. ``scratch`` is a folder
    for temporary files, which the function removes.
    """
    installed = ""

    def on_wait() -> None:
        print_progress(f"Another command installs OpenStack {environment.release}. Waiting until it ends.")

    if environment.is_complete(volumes=volumes):
        return installed
    with environment.locked(on_wait, runner.cancelled):
        # Another command may have installed the packages during the wait.
        if environment.is_complete(volumes=volumes):
            return installed
        scratch.mkdir(mode=0o700, exist_ok=True)
        if not environment.is_complete(volumes=False):
            shutil.rmtree(environment.path, ignore_errors=True)
            runner.run("python -m venv", [environment.python, "-m", "venv", str(environment.path)], log="install")
            install_lock_file(environment.lock_file, environment.interpreter, scratch, runner)
            (environment.path / SERVICES_MARKER).touch()
            installed = f"OpenStack {environment.release}"
        if volumes:
            # No installed package changes.
            lock_file = environment.volumes_lock_file
            install_more(lock_file, environment.lock_file, environment.interpreter, scratch, runner)
            (environment.path / VOLUMES_MARKER).touch()
            installed = installed or f"Cinder of OpenStack {environment.release}"
        shutil.rmtree(scratch, ignore_errors=True)
    return installed


def install_lock_file(lock_file: Path, python: Path, scratch: Path, runner: Runner) -> None:
    """Install all packages of a lock file.

    uv installs only the versions in the lock file. This also applies to tools that build source distributions.
    """
    pip = [str(python), "-m", "pip"]
    uv_only = str(scratch / "uv.txt")
    Path(uv_only).write_text(lock_file_entry(lock_file.read_text(encoding="utf-8"), "uv"), encoding="utf-8")
    runner.run(
        "pip install uv",
        [*pip, "--disable-pip-version-check", "install", "--quiet", "--no-deps", "--require-hashes", "-r", uv_only],
        log="install",
    )
    install_more(lock_file, lock_file, python, scratch, runner)


def install_more(lock_file: Path, build_lock_file: Path, python: Path, scratch: Path, runner: Runner) -> None:
    """Install all packages of a lock file with uv, which is already installed.

    ``build_lock_file`` has the versions of the tools that build source distributions.
    """
    pip = [str(python), "-m", "pip"]
    listing = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=False).stdout
    uv = [str(python.with_name("uv")), "pip"]
    env = {
        **pip_settings(listing),
        "UV_CACHE_DIR": str(scratch / "cache"),
        "TMPDIR": str(scratch),  # uv does not remove its lock files from this folder
        "UV_NO_PROGRESS": "1",
        "UV_INDEX_STRATEGY": "unsafe-best-match",  # safe, because the hashes verify each package from any index
    }
    pins = ["--require-hashes", "--build-constraints", str(build_lock_file), "-r", str(lock_file)]
    runner.run(
        f"uv pip install ({lock_file.name})",
        [*uv, "install", "--python", str(python), "--no-deps", *pins],
        log="install",
        extra_env=env,
    )
    runner.run("uv pip check", [*uv, "check", "--python", str(python)], log="install", extra_env=env)


def lock_file_entry(lock: str, package: str) -> str:
    """Return the entry of a package in a lock file.

    Raise CloudError if the lock file does not contain the package.
    """
    entry = re.search(rf"^{re.escape(package)}==\S+(?: ;[^\\\n]*)?(?: *\\\n +--hash=\S+)+", lock, re.MULTILINE)
    if entry is None:
        msg = f"The lock file contains no version of {package}."
        raise CloudError(msg)
    return f"{entry[0]}\n"


def install_hypervisor_files(settings: Settings) -> None:
    """Copy the drivers and the programs of the compute hosts into the folder of the cloud."""
    drivers, hypervisor = settings.layout.drivers, settings.hypervisor_dir
    copy_files(NOVA_DRIVERS, "*.py", drivers / NOVA_FOLDER)
    # The program nova_compute.py adds this folder to the package nova.virt.
    copy_files(hypervisor / "nova_virt", "*.py", drivers / NOVA_FOLDER / "virt")
    copy_files(hypervisor / "cinder_drivers", "*.py", drivers / DRIVER_FOLDERS[VOLUME_PROGRAM])
    install_neutron_drivers(drivers / DRIVER_FOLDERS["neutron"])
    copy_files(hypervisor / "host", "*.py", settings.layout.etc / "hypervisor")
    for pattern in settings.distribution_modules:
        copy_files(DISTRIBUTION_PACKAGES, pattern, drivers / DISTRIBUTION_FOLDER)


def install_neutron_drivers(folder: Path) -> None:
    """Copy the drivers of Neutron. Neutron finds a driver by an entry point of a Python package."""
    copy_files(NEUTRON_DRIVERS, "*.py", folder)
    copy_files(NEUTRON_DRIVERS / "metadata", "*", folder / "stackproof_neutron_drivers-1.0.0.dist-info")


def copy_files(source_folder: Path, pattern: str, folder: Path) -> None:
    """Copy the files that match the pattern into a folder."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for source in source_folder.glob(pattern):
        copy_if_changed(source, folder)


def copy_if_changed(source: Path, folder: Path) -> None:
    """Copy a file into a folder if the content differs.

    The file is replaced in one step, so that programs never read an incomplete file.
    """
    target = folder / source.name
    if not target.exists() or target.read_bytes() != source.read_bytes():
        temporary = folder / f"{source.name}.new"
        shutil.copyfile(source, temporary)
        temporary.replace(target)


def require_distribution_modules(python: str, name: str) -> None:
    """Raise CloudError if the interpreter cannot import the hypervisor library, such as libvirt."""
    script = f"import sys; sys.path.append({str(DISTRIBUTION_PACKAGES)!r}); import {name}"
    probe = subprocess.run([python, "-c", script], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        msg = (
            f"{python} cannot import the distribution's Python module {name}: {probe.stderr.strip()[-200:]}. "
            f"Leave local_cloud_python empty, so that the cloud uses the distribution's Python (/usr/bin/python3, 3.11 "
            f"or newer), or set local_cloud_hypervisor=fake."
        )
        raise CloudError(msg)
