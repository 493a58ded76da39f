# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put OpenStack into a virtual environment of its own, from a lock file with hashes."""

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

# The configuration of pip that is passed to uv, so that a mirror or a private certificate authority
# of the user works here too.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}
# The sections that pip install reads, from the weakest to the strongest.
PIP_SECTIONS = ("global", "install", ":env:")

# where Debian's packages of Python modules lie
DISTRIBUTION_PACKAGES = Path("/usr/lib/python3/dist-packages")


def require_ensurepip(python: str) -> None:
    """Debian's Python comes without ensurepip until python3-venv is installed."""
    probe = subprocess.run([python, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    if probe.returncode != 0:
        msg = (
            f"{python} cannot make virtual environments. Install the package python3-venv "
            f"(apt-get install python3-venv), or set local_cloud_python to another interpreter."
        )
        raise CloudError(msg)


def require_installable(settings: Settings) -> None:
    """What an installation requires, while the one that is there goes on being used."""
    require_ensurepip(settings.python)
    pinned(settings.lock_file.read_text(encoding="utf-8"), "uv")


def pip_settings(listing: str) -> dict[str, str]:
    """Translate the output of ``pip config list`` into environment variables of uv.

    Lines look like ``global.index-url='https://…'`` or ``:env:.cert='…'``, in the order of the alphabet.
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
    """Make the virtual environment anew: a half-made one cannot be trusted."""
    layout = settings.layout
    shutil.rmtree(layout.venv, ignore_errors=True)
    runner.run("python -m venv", [settings.python, "-m", "venv", str(layout.venv)], log="install")
    scratch = layout.lib / "install"
    scratch.mkdir(mode=0o700, exist_ok=True)
    install_lock_file(settings.lock_file, layout.python, scratch, runner)
    shutil.rmtree(scratch, ignore_errors=True)


def install_lock_file(lock_file: Path, python: Path, scratch: Path, runner: Runner) -> None:
    """Install every package that a lock file pins into the virtual environment of this Python.

    Nothing is resolved, so that a version that is published after the lock file was made changes nothing: neither of
    what is installed (``--no-deps``), nor of what builds a source distribution (``--build-constraints``).
    ``uv pip check`` finds what a resolver would have noticed: a requirement that the lock file lacks or contradicts.
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
        "TMPDIR": str(scratch),  # where uv leaves lock files behind
        "UV_NO_PROGRESS": "1",
        "UV_INDEX_STRATEGY": "unsafe-best-match",  # the hashes say what is right, wherever it comes from
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
    """The entry of one package, with its hashes, out of a lock file."""
    entry = re.search(rf"^{re.escape(package)}==\S+(?: ;[^\\\n]*)?(?: *\\\n +--hash=\S+)+", lock, re.MULTILINE)
    if entry is None:
        msg = f"The lock file pins no {package}."
        raise CloudError(msg)
    return f"{entry[0]}\n"


def put_hypervisor(settings: Settings) -> None:
    """Lay what the hypervisor brings where it is looked for.

    That is the package nova.virt, the only place from which Nova loads drivers, for ``nova_virt``; the cloud's own
    configuration for ``host``; and the environment for what the distribution has compiled for its own Python.
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
    """Copy a file unless it is there already, in one go: what runs from the old one must not see it change."""
    target = folder / source.name
    if not target.exists() or target.read_bytes() != source.read_bytes():
        fresh = folder / f"{source.name}.new"
        shutil.copyfile(source, fresh)
        fresh.replace(target)


def require_distribution_modules(settings: Settings) -> None:
    """What the distribution has compiled fits its own Python alone, which the environment must be made from."""
    name = settings.hypervisor["name"]
    script = f"import sys; sys.path.append({str(DISTRIBUTION_PACKAGES)!r}); import {name}"
    probe = subprocess.run([settings.python, "-c", script], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        msg = (
            f"{settings.python} cannot import the distribution's Python module {name}: {probe.stderr.strip()[-200:]}. "
            f"Leave local_cloud_python empty, so that the cloud is made from the distribution's own Python "
            f"(/usr/bin/python3, 3.11 or newer), or set local_cloud_hypervisor=fake."
        )
        raise CloudError(msg)
