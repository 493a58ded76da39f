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

from .errors import CloudError
from .settings import NEUTRON_DRIVERS

if TYPE_CHECKING:
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


def require_installable(settings: Settings) -> None:
    """Raise CloudError if this machine cannot install OpenStack."""
    require_ensurepip(settings.python)
    lock_file_entry(settings.lock_file.read_text(encoding="utf-8"), "uv")


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


def install(settings: Settings, runner: Runner) -> None:
    """Create a virtual environment, and install OpenStack into it."""
    layout = settings.layout
    shutil.rmtree(layout.venv, ignore_errors=True)
    runner.run("python -m venv", [settings.python, "-m", "venv", str(layout.venv)], log="install")
    scratch = layout.lib / "install"
    scratch.mkdir(mode=0o700, exist_ok=True)
    install_lock_file(settings.lock_file, layout.python, scratch, runner)
    shutil.rmtree(scratch, ignore_errors=True)


def install_volumes(settings: Settings, runner: Runner) -> None:
    """Install Cinder into the virtual environment of the other services. No installed package changes."""
    scratch = settings.layout.lib / "install"
    scratch.mkdir(mode=0o700, exist_ok=True)
    install_more(settings.volumes_lock_file, settings.lock_file, settings.layout.python, scratch, runner)
    shutil.rmtree(scratch, ignore_errors=True)


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
    """Copy the drivers into the packages of Nova and Cinder, and the programs into the configuration folder."""
    (packages,) = settings.layout.venv.glob("lib/python*/site-packages")
    for source in (settings.hypervisor_dir / "nova_virt").glob("*.py"):
        copy_if_changed(source, packages / "nova" / "virt")
    if settings.has_volumes:
        for source in (settings.hypervisor_dir / "cinder_drivers").glob("*.py"):
            copy_if_changed(source, packages / "cinder" / "volume" / "drivers")
    install_neutron_drivers(packages)
    programs = settings.layout.etc / "hypervisor"
    programs.mkdir(mode=0o700, exist_ok=True)
    for source in (settings.hypervisor_dir / "host").glob("*.py"):
        copy_if_changed(source, programs)
    for pattern in settings.distribution_modules:
        for source in DISTRIBUTION_PACKAGES.glob(pattern):
            copy_if_changed(source, packages)


def install_neutron_drivers(packages: Path) -> None:
    """Copy the drivers into the package of Neutron. Neutron finds a driver by an entry point of a Python package."""
    metadata = packages / "stackproof_neutron_drivers-1.0.0.dist-info"
    metadata.mkdir(exist_ok=True)
    for source in NEUTRON_DRIVERS.glob("*.py"):
        copy_if_changed(source, packages / "neutron" / "plugins" / "ml2" / "drivers")
    for source in NEUTRON_DRIVERS.glob("metadata/*"):
        copy_if_changed(source, metadata)


def copy_if_changed(source: Path, folder: Path) -> None:
    """Copy a file into a folder if the content differs.

    The file is replaced in one step, so that programs never read an incomplete file.
    """
    target = folder / source.name
    if not target.exists() or target.read_bytes() != source.read_bytes():
        temporary = folder / f"{source.name}.new"
        shutil.copyfile(source, temporary)
        temporary.replace(target)


def require_distribution_modules(settings: Settings) -> None:
    """Raise CloudError if ``settings.python`` cannot import the hypervisor library, such as libvirt."""
    name = settings.hypervisor["name"]
    script = f"import sys; sys.path.append({str(DISTRIBUTION_PACKAGES)!r}); import {name}"
    probe = subprocess.run([settings.python, "-c", script], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        msg = (
            f"{settings.python} cannot import the distribution's Python module {name}: {probe.stderr.strip()[-200:]}. "
            f"Leave local_cloud_python empty, so that the cloud uses the distribution's Python (/usr/bin/python3, 3.11 "
            f"or newer), or set local_cloud_hypervisor=fake."
        )
        raise CloudError(msg)
