# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Open the sockets of the network probe in another network namespace.

A socket stays in the network namespace in which it was opened (network_namespaces(7)). A thread changes only its own
namespace (setns(2)), so the requests to the cloud do not change.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

# The program ip-netns(8) keeps the namespaces with names in this folder.
FOLDER = Path("/run/netns")
# The network namespace of the calling thread.
OWN = Path("/proc/thread-self/ns/net")
# The value of CLONE_NEWNET in <sched.h>.
NETWORK = 0x40000000


@contextlib.contextmanager
def entered(name: str | None) -> Iterator[None]:
    """Move the calling thread into a network namespace for the time of the ``with`` statement.

    ``name`` is a name in ``/run/netns`` or the path of a file. With None, the thread stays in its namespace. Raise
    InputError if there is no such namespace, or if the user may not use it.
    """
    if name is None:
        yield
        return
    with _opened(name) as there, OWN.open("rb") as here:
        try:
            set_namespace(there)
        except PermissionError as error:
            raise InputError(
                f"probe: this user may not enter the network namespace {name!r} (netns): {error.strerror}. Run the"
                " module as root, or with the capabilities CAP_SYS_ADMIN and CAP_NET_ADMIN."
            ) from error
        except OSError as error:
            raise InputError(
                f"probe: netns must be a network namespace, found {name!r}: {error.strerror}."
                " Set it to a name that `ip netns` shows, or to the path of a network namespace."
            ) from error
        try:
            yield
        finally:
            set_namespace(here.fileno())


@contextlib.contextmanager
def _opened(name: str) -> Iterator[int]:
    """Open the file of a network namespace."""
    path = Path(name) if "/" in name else FOLDER / name
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except PermissionError as error:
        raise InputError(
            f"probe: this user may not open the network namespace {name!r} (netns). Run the module as root."
        ) from error
    except OSError as error:
        raise InputError(f"probe: there is no network namespace {name!r} (netns). {_advice(path, error)}") from error
    try:
        yield file
    finally:
        os.close(file)


def _advice(path: Path, error: OSError) -> str:
    """Return what to do if a namespace does not exist."""
    try:
        names = sorted(entry.name for entry in path.parent.iterdir())
    except OSError:
        names = []
    if suggestion := did_you_mean(path.name, names):
        return suggestion
    if path.parent != FOLDER:
        return f"{path}: {error.strerror}. Set netns to the path of a network namespace."
    known = f"The machine that runs the module has: {', '.join(names)}." if names else f"{FOLDER} has no namespace."
    return f"{known} Set netns to the name or the path of a network namespace."


def set_namespace(file: int) -> None:
    """Move the calling thread into the network namespace of an open file. Raise OSError if this is not possible."""
    # os.setns exists in Python 3.12 and newer.
    if hasattr(os, "setns"):
        os.setns(file, NETWORK)
        return
    library = ctypes.CDLL(None, use_errno=True)
    if library.setns(file, NETWORK) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
