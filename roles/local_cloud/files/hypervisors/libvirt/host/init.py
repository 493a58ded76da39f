# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Set up the namespaces of this process as a compute host.

usage: unshare [--net] --mount --uts --ipc --pid --fork … init.py host.json

The host has its own name, accounts, devices and folders. It has no /dev/kvm, because guests hang on a broken /dev/kvm.

With a network namespace, the host is connected to the bridges of ``switch.py``: to ``hosts`` with its own address, and
to ``guests`` with its bridge of the same name, without an address. With OVN, the bridges of Open vSwitch replace this
bridge (``chassis.py``).

The end of this process ends all processes of the host.
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
import time
from pathlib import Path
from typing import Any, NoReturn

RUN = Path("/run")
# The original system folders of the machine are mounted in this folder.
MACHINE = RUN / "machine"
IPV6_SETTINGS = Path("/proc/sys/net/ipv6/conf")
SWITCH_SECONDS = 60
POLL_SECONDS = 0.1
RUNTIME_FOLDERS = ("libvirt", "lock", "openvswitch", "ovn", "sshd")
DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
LINKS = {"ptmx": "pts/ptmx", "fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}


def mount(*arguments: str | Path) -> None:
    """Mount with the program mount, because it explains errors better than the system call."""
    command = ["mount", *map(str, arguments)]
    subprocess.run(command, check=True)


def mount_tmpfs(folder: Path, mode: str = "755") -> None:
    """Mount an empty folder that only this compute host can read."""
    mount("-t", "tmpfs", "-o", f"mode={mode}", "tmpfs", folder)


def overlay_folder(folder: Path, replaced: dict[str, Path]) -> None:
    """Mount a copy of a system folder.

    ``replaced`` maps the names of new or changed files to their sources.
    """
    machine_folder = MACHINE / folder.relative_to("/")
    machine_folder.mkdir(parents=True)
    # Use --rbind, because the folder may contain other mount points.
    mount("--rbind", folder, machine_folder)
    mount_tmpfs(folder)
    for entry in machine_folder.iterdir():
        if entry.name not in replaced:
            (folder / entry.name).symlink_to(entry.readlink() if entry.is_symlink() else entry)
    for name, source in replaced.items():
        bind(source, folder / name)


def bind(source: Path, target: Path) -> None:
    """Mount a folder at a second path. Create the source folder if it does not exist."""
    if source.is_file():
        target.touch()
    else:
        source.mkdir(mode=0o700, exist_ok=True)
        target.mkdir(exist_ok=True)
    mount("--bind", source, target)


def account_files(users: dict[str, int], groups: dict[str, int], home: str) -> dict[str, Path]:
    """Create the files passwd, group and shadow of the simulated host, and return their paths.

    The files contain the accounts of the machine and the accounts that sshd and libvirt need.
    """
    files = {name: RUN / name for name in ("passwd", "group", "shadow")}
    root = f"root:x:0:0:root:{home}:/bin/sh"
    entries = [line for line in Path("/etc/passwd").read_text(encoding="utf-8").splitlines() if line[:5] != "root:"]
    passwd = [root, *entries]
    group = Path("/etc/group").read_text(encoding="utf-8").splitlines()
    for lines, known, entry in (
        (passwd, users, "{name}:x:{number}:{number}::/nonexistent:/usr/sbin/nologin"),
        (group, groups, "{name}:x:{number}:"),
    ):
        present = {line.partition(":")[0] for line in lines}
        lines += [entry.format(name=name, number=number) for name, number in known.items() if name not in present]
    # The password "*" allows a login with a key. The password "!" would lock the account.
    for name, lines in (("passwd", passwd), ("group", group), ("shadow", ["root:*:::::::"])):
        files[name].write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    files["shadow"].chmod(0o600)
    return files


def mount_folders(host: dict[str, Any]) -> None:
    """Mount the files and folders that libvirt, Nova and OpenSSH require."""
    accounts = account_files(host["users"], host["groups"], host["home"])
    sources = {Path("/etc", name): file for name, file in accounts.items()}
    sources |= {Path(place): Path(source) for place, source in host["files"].items()}
    nested = {place for place in sources if place.parent in sources}
    for folder in {place.parent for place in sources.keys() - nested}:
        overlay_folder(folder, {place.name: source for place, source in sources.items() if place.parent == folder})
    for place in sorted(nested):
        bind(sources[place], place)
    # Mount these files over those of the machine, because a folder of programs cannot become a folder of links: Python
    # would search its modules beside the target of the link.
    for place, source in host["replaced"].items():
        mount("--bind", source, place)


def make_devices() -> None:
    """Mount a folder /dev with the devices that a guest requires."""
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
    """Create a device file that every user can read and write."""
    os.mknod(path, stat.S_IFCHR, os.makedev(major, minor))
    path.chmod(0o666)


def ip(*arguments: str, switch: str | None = None) -> int:
    """Run the program ip in the network namespace of this host, or of the switch. Return its exit code."""
    enter = [] if switch is None else ["nsenter", f"--net={switch}"]
    command = [*enter, "ip", *arguments]
    return subprocess.run(command, check=False).returncode


def require_ip(*arguments: str, switch: str | None = None) -> None:
    if ip(*arguments, switch=switch) != 0:
        sys.exit(f"The host cannot be connected to the switch: ip {' '.join(arguments)}")


def wait_for_switch(network: dict[str, Any]) -> str:
    """Wait until the switch runs. Return the path of its network namespace."""
    deadline = time.monotonic() + SWITCH_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, ValueError):
            pid = int(Path(network["pid_file"]).read_text(encoding="utf-8"))
            # The PID file can be old, so check that this process is still the switch.
            if network["file"].encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                return f"/proc/{pid}/ns/net"
        time.sleep(POLL_SECONDS)
    sys.exit(f"The switch does not run: timeout={SWITCH_SECONDS} s pid_file={network['pid_file']}")


def connect_host(name: str, network: dict[str, Any]) -> None:
    """Connect the network namespace of this host to the switch."""
    switch = wait_for_switch(network)
    for scope in ("all", "default"):
        (IPV6_SETTINGS / scope / "disable_ipv6").write_text("1\n", encoding="ascii")
    require_ip("link", "set", "lo", "up")
    for bridge in network["cards"]:
        card, port = f"to-{bridge}", f"{name}-{bridge[0]}"
        # The port of a killed host can still exist, because the kernel removes its namespace later.
        if ip("link", "show", port, switch=switch) == 0:
            ip("link", "delete", port, switch=switch)
        require_ip("link", "add", card, "type", "veth", "peer", "name", port, "netns", switch)
        require_ip("link", "set", port, "master", bridge, "up", switch=switch)
        require_ip("link", "set", card, "up")
    require_ip("address", "add", network["address"], "dev", "to-hosts")
    if network["with_bridge"]:
        require_ip("link", "add", "guests", "type", "bridge", "forward_delay", "0", "mcast_snooping", "0")
        require_ip("link", "set", "to-guests", "master", "guests")
        require_ip("link", "set", "guests", "up")


def set_up_host(host: dict[str, Any]) -> None:
    socket.sethostname(host["name"])
    mount("-t", "proc", "proc", "/proc")
    mount_tmpfs(RUN)
    for name in RUNTIME_FOLDERS:
        (RUN / name).mkdir()
    mount_folders(host)
    # /sys is mounted again without control groups, because libvirt must not use the control groups of the machine.
    command = ["umount", "--lazy", "--recursive", "/sys"]
    subprocess.run(command, check=True)
    mount("-t", "sysfs", "sysfs", "/sys")
    make_devices()


def reap_children() -> NoReturn:
    """Reap child processes until the signal SIGTERM."""

    def reap(*_: object) -> None:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass

    signal.signal(signal.SIGCHLD, reap)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        signal.pause()


def main(host_file: str) -> None:
    """Set up the compute host, and write the process id of this program to a file."""
    host = json.loads(Path(host_file).read_text(encoding="utf-8"))
    pid_file = Path(host["pid_file"])
    pid_file.unlink(missing_ok=True)
    # Read the id that this process has on the machine, before the host mounts its own /proc.
    pid = Path("/proc/self").readlink()
    if host["network"]:
        connect_host(host["name"], host["network"])
    set_up_host(host)
    pid_file.write_text(f"{pid}\n", encoding="utf-8")
    reap_children()


if __name__ == "__main__":
    main(sys.argv[1])
