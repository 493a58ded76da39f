# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guest in the images of the local cloud."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from cloudctl.venv_scripts import resources

GUEST = Path(__file__).parents[4] / "roles" / "local_cloud" / "files" / "guest"
SHIPPED = bytes.fromhex((GUEST / "guest.hex").read_text())


def test_hex_file_matches_the_source(tmp_path: Path) -> None:
    if not (shutil.which("as") and shutil.which("ld")):
        pytest.fail("This test assembles the guest with the distribution's binutils: apt-get install binutils")
    made, sector = tmp_path / "guest.o", tmp_path / "guest.bin"
    assemble = ["as", "--32", "-o", str(made), str(GUEST / "guest.S")]
    link = ["ld", "-m", "elf_i386", "-Ttext", "0x7c00", "--oformat", "binary", "-o", str(sector), str(made)]
    for command in (assemble, link):
        subprocess.run(command, check=True)
    assert sector.read_bytes() == SHIPPED


def test_guest_is_a_boot_sector_with_a_partition() -> None:
    assert len(SHIPPED) == 512
    assert SHIPPED[510:] == b"\x55\xaa"
    status, kind = SHIPPED[446], SHIPPED[450]
    first, sectors = struct.unpack("<II", SHIPPED[454:462])
    assert (status, kind) == (0x80, 0x83)
    assert (first + sectors) * 512 == resources.IMAGE_BYTES


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
    assert disk[440:512] == SHIPPED[440:]
    assert not any(disk[512:])


def test_hex_file_has_the_numbers_of_the_default_guest() -> None:
    assert resources.make_disk(SHIPPED, 8, 1)[:512] == SHIPPED
