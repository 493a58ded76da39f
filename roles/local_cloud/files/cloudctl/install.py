# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install OpenStack into the virtual environment of the cloud, from a lock file with hashes."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import CloudError

if TYPE_CHECKING:
    from .runner import Runner
    from .settings import Settings

# Settings of pip that are passed to uv, so that uv uses the mirror or the private certificate authority of the user.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}
# The sections of pip's configuration. A later section in this list overrides the sections before it.
PIP_SECTIONS = ("global", "install", ":env:")

# The folder of Python modules from Debian packages.
DISTRIBUTION_PACKAGES = Path("/usr/lib/python3/dist-packages")


def require_ensurepip(python: str) -> None:
    """Raise CloudError if this Python cannot create virtual environments: on Debian ensurepip is in python3-venv."""
    probe = subprocess.run([python, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    if probe.returncode != 0:
        msg = (
            f"{python} cannot create virtual environments. Install the package python3-venv "
            f"(apt-get install python3-venv), or set local_cloud_python to another interpreter."
        )
        raise CloudError(msg)


def require_installable(settings: Settings) -> None:
    """Raise CloudError if an installation is not possible. The present installation stays in use until then."""
    require_ensurepip(settings.python)
    pinned(settings.lock_file.read_text(encoding="utf-8"), "uv")


def pip_settings(listing: str) -> dict[str, str]:
    """Translate the output of ``pip config list`` into environment variables of uv.

    The lines have the form ``global.index-url='https://…'`` or ``:env:.cert='…'``, in alphabetical order.
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
    """Create the virtual environment again from the start, because an interrupted installation may be incomplete."""
    layout = settings.layout
    shutil.rmtree(layout.venv, ignore_errors=True)
    runner.run("python -m venv", [settings.python, "-m", "venv", str(layout.venv)], log="install")
    scratch = layout.lib / "install"
    scratch.mkdir(mode=0o700, exist_ok=True)
    install_lock_file(settings.lock_file, layout.python, scratch, runner)
    shutil.rmtree(scratch, ignore_errors=True)


def install_lock_file(lock_file: Path, python: Path, scratch: Path, runner: Runner) -> None:
    """Install all packages of a lock file into the virtual environment of this Python.

    The options ``--no-deps`` (for packages) and ``--build-constraints`` (for the tools that build source distributions)
    allow only the versions in the lock file, regardless of versions that were published later. Then ``uv pip check``
    finds requirements of the packages that the lock file does not fulfil.
    """
    pip = [str(python), "-m", "pip"]
    uv_only = str(scratch / "uv.txt")
    Path(uv_only).write_text(pinned(lock_file.read_text(encoding="utf-8"), "uv"), encoding="utf-8")
    runner.run(
        "pip install uv",
        [*pip, "--disable-pip-version-check", "install", "--quiet", "--no-deps", "--require-hashes", "-r", uv_only],
        log="install",
    )
    listing = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=False).stdout
    uv = [str(python.with_name("uv")), "pip"]
    env = {
        **pip_settings(listing),
        "UV_CACHE_DIR": str(scratch / "cache"),
        "TMPDIR": str(scratch),  # uv does not remove its lock files from this folder
        "UV_NO_PROGRESS": "1",
        "UV_INDEX_STRATEGY": "unsafe-best-match",  # safe, because the hashes verify each package from any index
    }
    pins = ["--require-hashes", "--build-constraints", str(lock_file), "-r", str(lock_file)]
    runner.run(
        f"uv pip install ({lock_file.name})",
        [*uv, "install", "--python", str(python), "--no-deps", *pins],
        log="install",
        extra_env=env,
    )
    runner.run("uv pip check", [*uv, "check", "--python", str(python)], log="install", extra_env=env)


def pinned(lock: str, package: str) -> str:
    """Return the entry of a package, with its hashes, from the text of a lock file. Raise CloudError if it has none."""
    entry = re.search(rf"^{re.escape(package)}==\S+(?: ;[^\\\n]*)?(?: *\\\n +--hash=\S+)+", lock, re.MULTILINE)
    if entry is None:
        msg = f"The lock file contains no version of {package}."
        raise CloudError(msg)
    return f"{entry[0]}\n"


def put_hypervisor(settings: Settings) -> None:
    """Copy the files of the hypervisor to the folders from which they are loaded.

    Drivers in ``nova_virt`` are copied into the package nova.virt, because Nova loads drivers only from there. Programs
    in ``host`` are copied into the configuration of the cloud. Python modules that the distribution has compiled are
    copied into the virtual environment.
    """
    (packages,) = settings.layout.venv.glob("lib/python*/site-packages")
    for source in (settings.hypervisor_dir / "nova_virt").glob("*.py"):
        put(source, packages / "nova" / "virt")
    programs = settings.layout.etc / "hypervisor"
    programs.mkdir(mode=0o700, exist_ok=True)
    for source in (settings.hypervisor_dir / "host").glob("*.py"):
        put(source, programs)
    for pattern in settings.hypervisor["distribution_modules"]:
        for source in DISTRIBUTION_PACKAGES.glob(pattern):
            put(source, packages)


def put(source: Path, folder: Path) -> None:
    """Copy a file into a folder unless its copy is current. A program that reads the old copy never sees a mixture."""
    target = folder / source.name
    if not target.exists() or target.read_bytes() != source.read_bytes():
        fresh = folder / f"{source.name}.new"
        shutil.copyfile(source, fresh)
        fresh.replace(target)


def require_distribution_modules(settings: Settings) -> None:
    """Raise CloudError unless this Python can import the modules that the distribution has compiled for its Python."""
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
