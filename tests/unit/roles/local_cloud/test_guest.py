# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guest in the images of the local cloud."""

from __future__ import annotations

import hashlib
import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from cloudctl.venv_scripts import resources

GUEST = Path(__file__).parents[4] / "roles" / "local_cloud" / "files" / "guest"
SHIPPED = bytes.fromhex((GUEST / "guest.hex").read_text())
SOURCES = sorted(path for path in GUEST.iterdir() if path.suffix in {".S", ".c", ".h", ".ld", ".sh"})


def build(folder: Path) -> bytes:
    if not all(shutil.which(tool) for tool in ("as", "gcc", "ld", "objcopy")):
        pytest.fail("This test builds the guest with the distribution's compiler: apt-get install binutils gcc")
    subprocess.run([str(GUEST / "build.sh"), str(folder)], check=True)
    return (folder / "guest.bin").read_bytes()


def test_guest_is_built_from_the_present_sources() -> None:
    """The README names the hash of the sources, because each compiler makes another program of them."""
    total = hashlib.sha256()
    for path in SOURCES:
        total.update(path.read_bytes())
    found = total.hexdigest()
    assert f"`{found}`" in (GUEST / "README.md").read_text(), "Write guest.hex and this hash again."


def test_hex_file_matches_the_sources(tmp_path: Path) -> None:
    built = build(tmp_path)
    command = ["gcc", "-dumpfullversion"]
    version = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    match = re.search(r"gcc (\d[\d.]+\d)", (GUEST / "README.md").read_text())
    assert match is not None
    if version == match[1]:
        assert built == SHIPPED
    # Another compiler makes another program, but the boot sector is assembled.
    assert built[:512] == SHIPPED[:512]


def test_guest_is_a_boot_sector_with_a_partition_and_a_program() -> None:
    sector = SHIPPED[:512]
    assert sector[510:] == b"\x55\xaa"
    status, kind = sector[446], sector[450]
    first, sectors = struct.unpack("<II", sector[454:462])
    assert (status, kind) == (0x80, 0x83)
    assert (first + sectors) * 512 == resources.IMAGE_BYTES
    # The boot sector reads 32 sectors.
    assert 512 < len(SHIPPED) <= 33 * 512


@pytest.mark.parametrize(
    ("memory", "rate", "end", "pages"),
    [(8, 1, 9 * 2**20, 14), (40, 140, 41 * 2**20, 1969), (1, 0, 2 * 2**20, 0)],
)
def test_image_contains_memory_and_dirty_rate(memory: int, rate: float, end: int, pages: int) -> None:
    disk = resources.make_disk(SHIPPED, memory, rate)
    assert len(disk) == resources.IMAGE_BYTES
    assert struct.unpack("<II", disk[432:440]) == (end, pages)
    # all other bytes are unchanged
    assert disk[:432] == SHIPPED[:432]
    assert disk[440 : len(SHIPPED)] == SHIPPED[440:]
    assert not any(disk[len(SHIPPED) :])


def test_hex_file_has_the_numbers_of_the_default_guest() -> None:
    assert resources.make_disk(SHIPPED, 8, 1)[: len(SHIPPED)] == SHIPPED
