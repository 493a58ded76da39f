# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first process of a compute host: ``unshare --mount --uts --ipc --pid --fork … init.py host.json``.

It makes the machine look like a host of its own to all that runs in its namespaces: with a name, with
folders that libvirt takes for the machine's, with devices, and without /dev/kvm, which would only mislead
libvirt where no guest can use it. Nothing of that is seen outside. Then it does what a first process does,
and takes in those who have lost their parents. Killing it is this host's loss of power: the kernel ends
all its processes at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

RUN = Path("/run")
# what the machine has in the folders that the host sees in its own way
MACHINE = RUN / "machine"
DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
LINKS = {"ptmx": "pts/ptmx", "fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}


def mount(*arguments: str | Path) -> None:
    """Let the program do it: its words say best what does not work."""
    command = ["mount", *map(str, arguments)]
    subprocess.run(command, check=True)


def mount_tmpfs(place: Path, mode: str = "755") -> None:
    """A folder in memory, empty and seen by this host alone."""
    mount("-t", "tmpfs", "-o", f"mode={mode}", "tmpfs", place)


def make_view(place: Path, own: dict[str, Path]) -> None:
    """Let a folder hold what it holds on the machine, but for what is this host's ``own``, by name.

    A mount over each of these would do, had the machine something of that name to mount over.
    """
    machines = MACHINE / place.relative_to("/")
    machines.mkdir(parents=True)
    # with what is mounted there, which may be the disk that the cloud is on
    mount("--rbind", place, machines)
    mount_tmpfs(place)
    for entry in machines.iterdir():
        if entry.name not in own:
            (place / entry.name).symlink_to(entry.readlink() if entry.is_symlink() else entry)
    for name, source in own.items():
        lay(source, place / name)


def lay(source: Path, target: Path) -> None:
    """Let a file or a folder, which is made where there is none, be seen in another place, too."""
    if source.is_file():
        target.touch()
    else:
        source.mkdir(mode=0o700, exist_ok=True)
        target.mkdir()
    mount("--bind", source, target)


def account_files(users: dict[str, int], groups: dict[str, int]) -> dict[str, Path]:
    """The machine's accounts, and those without which libvirt's driver for QEMU does not start."""
    made = {}
    for name, known, line in (
        ("passwd", users, "{name}:x:{number}:{number}::/nonexistent:/usr/sbin/nologin\n"),
        ("group", groups, "{name}:x:{number}:\n"),
    ):
        text = Path("/etc", name).read_text(encoding="utf-8")
        there = {entry.partition(":")[0] for entry in text.splitlines()}
        lines = [line.format(name=name, number=number) for name, number in known.items() if name not in there]
        made[name] = RUN / name
        made[name].write_text("".join((text, *lines)), encoding="utf-8")
    return made


def make_folders(order: dict[str, Any]) -> None:
    """The folders that libvirt takes for the machine's."""
    own = {Path("/etc", name): file for name, file in account_files(order["users"], order["groups"]).items()}
    own |= {Path(place): Path(source) for place, source in order["files"].items()}
    within = {place for place in own if place.parent in own}
    for folder in {place.parent for place in own.keys() - within}:
        make_view(folder, {place.name: source for place, source in own.items() if place.parent == folder})
    for place in sorted(within):
        lay(own[place], place)


def make_devices() -> None:
    """The devices that a guest without hardware help needs."""
    devices = RUN / "dev"
    devices.mkdir()
    mount_tmpfs(devices)
    for name in ("pts", "shm", "net", "mqueue"):
        (devices / name).mkdir()
    for name, (major, minor) in DEVICES.items():
        make_device(devices / name, major, minor)
    make_device(devices / "net" / "tun", 10, 200)
    for name, target in LINKS.items():
        (devices / name).symlink_to(target)
    mount("-t", "devpts", "-o", "newinstance,ptmxmode=0666,mode=620,gid=5", "devpts", devices / "pts")
    mount_tmpfs(devices / "shm", mode="1777")
    mount("--rbind", devices, "/dev")


def make_device(path: Path, major: int, minor: int) -> None:
    """A character device that everybody may use, whatever the umask."""
    os.mknod(path, stat.S_IFCHR, os.makedev(major, minor))
    path.chmod(0o666)


def become_host(order: dict[str, Any]) -> None:
    """Change this process's namespaces; the machine keeps its own."""
    socket.sethostname(order["name"])
    mount("-t", "proc", "proc", "/proc")
    mount_tmpfs(RUN)
    for name in ("libvirt", "lock"):
        (RUN / name).mkdir()
    make_folders(order)
    # without the control groups, which libvirt would use if it saw them
    command = ["umount", "--lazy", "--recursive", "/sys"]
    subprocess.run(command, check=True)
    mount("-t", "sysfs", "sysfs", "/sys")
    make_devices()


def serve() -> NoReturn:
    """Wait for the end, and until then for children that nobody else waits for."""

    def reap(*_: object) -> None:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass

    signal.signal(signal.SIGCHLD, reap)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        signal.pause()


def main(order_file: str) -> None:
    """Become the host, and tell the process id that it has on the machine: there is nothing of it in here."""
    order = json.loads(Path(order_file).read_text(encoding="utf-8"))
    pid_file = Path(order["pid_file"])
    pid_file.unlink(missing_ok=True)
    # the machine's /proc, which is still here, knows us by the id that the machine has given us
    pid = Path("/proc/self").readlink()
    become_host(order)
    pid_file.write_text(f"{pid}\n", encoding="utf-8")
    serve()


if __name__ == "__main__":
    main(sys.argv[1])
