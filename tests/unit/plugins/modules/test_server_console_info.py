# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.modules import server_console_info
from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import Fault

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud

PERIOD = 0.10985


class Guest:
    """A guest that writes a counter to its console.

    The counter stops during the downtime of a migration.
    """

    def __init__(self, fake: FakeCloud, boots_at: float = 0.0) -> None:
        self.server = fake.add_server("probe")
        self.lost = 0.0
        self._log = 0
        self._fake = fake
        self._boots_at = boots_at
        fake.consoles[self.server["id"]] = self.console

    @property
    def _count(self) -> int:
        return int((self._fake.time.now - self._boots_at - self.lost) / PERIOD)

    def console(self) -> str:
        if self._fake.time.now < self._boots_at:
            return ""
        lines = ["BOOT"] if self._log == 0 else []
        lines += [f"TICK {number} 0" for number in range(self._log, self._count)]
        return "".join(f"{line}\r\n" for line in lines)

    def move(self, lost: float) -> None:
        self._log, self.server["host"] = self._count, "compute2"
        self.lost += lost
        self._fake.time.now += 4 + lost

    def boot_anew(self) -> None:
        self._fake.time.now += 10
        self._boots_at, self._log, self.server["host"] = self._fake.time.now - 1, 0, "compute2"


def look(run: Run, guest: Guest, **more: Any) -> dict[str, Any]:
    result = run(server_console_info, servers=["probe"], **more)
    (console,) = result["consoles"]
    assert console["server_id"] == guest.server["id"]
    return dict(console)


def test_waits_until_the_guest_counts(run: Run, fake: FakeCloud) -> None:
    guest = Guest(fake, boots_at=2.0)
    console = look(run, guest)
    assert console["boots"] == 1
    assert console["counted_on"] is console["downtime_seconds"] is None
    assert 2.0 < fake.time.now < 3.0
    assert "the counter of the guest is" in console["message"]


def test_migrated_guest_continues_to_count(run: Run, fake: FakeCloud) -> None:
    guest = Guest(fake)
    fake.time.now = 5.0
    before = look(run, guest)
    guest.move(lost=0.7)
    console = look(run, guest, before=[before])
    assert (console["counted_on"], console["boots"]) == (True, 0)
    assert 0.5 <= console["downtime_seconds"] <= 0.9
    assert "with a downtime of" in console["message"]


def test_fails_if_the_guest_has_rebooted(run: Run, fake: FakeCloud) -> None:
    guest = Guest(fake)
    fake.time.now = 5.0
    before = look(run, guest)
    guest.boot_anew()
    result = run(server_console_info, servers=["probe"], before=[before], timeout=5, fails=True)
    assert result["failure"]["kind"] == "guest"
    assert "probe: the guest did not continue: it has rebooted" in result["msg"]
    assert result["consoles"][0]["counted_on"] is False


def test_fails_at_once_if_the_downtime_is_too_long(run: Run, fake: FakeCloud) -> None:
    guest = Guest(fake)
    fake.time.now = 5.0
    before = look(run, guest)
    guest.move(lost=3.0)
    result = run(server_console_info, servers=["probe"], before=[before], max_downtime=2, fails=True)
    assert "allowed is 2 s (max_downtime)" in result["msg"]
    assert (result["consoles"][0]["counted_on"], result["failure"]["kind"]) == (True, "guest")
    assert fake.time.sleeps == []


def test_max_downtime_requires_before(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    result = run(server_console_info, servers=["probe"], max_downtime=2, fails=True)
    assert "requires the option 'before'" in result["msg"]


def test_fails_without_a_counter_on_the_console(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe")
    fake.consoles[server["id"]] = lambda: "FAKE CONSOLE OUTPUT\nANOTHER\nLAST LINE"
    result = run(server_console_info, servers=["probe"], timeout=3, fails=True)
    assert "no line on its console matches count_pattern" in result["msg"]
    assert fake.time.now >= 3


def test_waits_for_a_console_that_is_not_available_yet(run: Run, fake: FakeCloud) -> None:
    guest = Guest(fake)
    fake.time.now = 5.0
    fake.faults.append(Fault("POST", "action", status=409, times=3))
    assert look(run, guest)["count"] > 0


def test_fails_if_the_console_cannot_be_read(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    result = run(server_console_info, servers=["probe"], timeout=2, fails=True)
    assert "the console cannot be read" in result["msg"]
    assert result["failure"]["http_status"] == 404


def test_retries_do_not_add_to_the_downtime(run: Run, fake: FakeCloud) -> None:
    guest = Guest(fake)
    fake.time.now = 5.0
    fake.faults.append(Fault("POST", "action", status=503, times=4))
    before = look(run, guest)
    guest.move(lost=0.0)
    assert look(run, guest, before=[before])["downtime_seconds"] < 0.3


def test_refuses_before_without_a_count(run: Run, fake: FakeCloud) -> None:
    guest = Guest(fake)
    fake.time.now = 5.0
    before = {**look(run, guest), "count": None}
    result = run(server_console_info, servers=["probe"], before=[before], fails=True)
    assert "must come from an earlier result of this module and have a counter" in result["msg"]


def test_missing_console_after_migration_is_a_guest_failure(run: Run, fake: FakeCloud) -> None:
    guest = Guest(fake)
    fake.time.now = 5.0
    before = look(run, guest)
    del fake.consoles[guest.server["id"]]
    result = run(server_console_info, servers=["probe"], before=[before], timeout=3, fails=True)
    assert result["failure"]["kind"] == "guest"


def test_refuses_missing_servers(run: Run, fake: FakeCloud) -> None:
    assert "there is no server probe" in run(server_console_info, servers=["probe"], fails=True)["msg"]
    server = fake.add_server("probe")
    result = run(server_console_info, servers=["probe"], before=[], fails=True)
    assert f'The option "before" has no entry for the server probe ({server["id"]}).' in result["msg"]


class DiskGuest(Guest):
    """A guest that also verifies a data disk, about once per second."""

    damage = ""
    damaged_at = float("inf")

    def console(self) -> str:
        if self._fake.time.now >= self.damaged_at:
            self.damage = "0 expected 4:0 found 3:0"
        checks = int(self._fake.time.now - self.lost)
        told = [f"disk BAD {self.damage}"] if self.damage else [f"disk OK {8 * checks} {16 * checks}"]
        return super().console() + "".join(f"{line}\r\n" for line in told)


def test_waits_until_the_guest_has_verified_its_disk_again(run: Run, fake: FakeCloud) -> None:
    guest = DiskGuest(fake)
    fake.time.now = 3.0
    before = look(run, guest)
    assert before["disk_verified"] == 24
    guest.move(0.0)
    guest.lost = 4.5
    fake.time.now = 7.0
    first = fake.time.now
    after = look(run, guest, before=[before])
    # At the first reading, the guest has verified 16 blocks.
    assert after["disk_verified"] >= 16 + 64
    assert fake.time.now - first > 7.0
    assert "Its data disk is intact (" in after["message"]


def test_damage_that_the_guest_finds_late_is_not_missed(run: Run, fake: FakeCloud) -> None:
    guest = DiskGuest(fake)
    fake.time.now = 3.0
    before = look(run, guest)
    guest.move(0.5)
    fake.time.now = 4.0
    guest.damaged_at = 8.0
    result = run(server_console_info, servers=["probe"], before=[before], fails=True)
    assert "its data disk is damaged: block 0 expected 4:0 found 3:0" in result["msg"]
    assert fake.time.now < 10.0


def test_guest_that_verifies_too_few_blocks(run: Run, fake: FakeCloud) -> None:
    guest = DiskGuest(fake)
    fake.time.now = 3.0
    before = look(run, guest)
    guest.move(0.5)
    result = run(server_console_info, servers=["probe"], before=[before], disk_checks=800, timeout=20, fails=True)
    assert "the guest has verified only 1" in result["msg"]
    assert "of 800 blocks of its data disks." in result["msg"]
    result = run(server_console_info, servers=["probe"], before=[before], disk_checks=-1, fails=True)
    assert result["msg"] == "disk_checks must be at least 0, found -1."


def test_damaged_disk_ends_the_wait(run: Run, fake: FakeCloud) -> None:
    guest = DiskGuest(fake)
    fake.time.now = 3.0
    before = look(run, guest)
    guest.move(0.5)
    guest.damage = "5 expected 4:5 found 3:5"
    started = fake.time.now
    result = run(server_console_info, servers=["probe"], before=[before], fails=True)
    assert result["msg"] == (
        "probe: the guest did not continue: its data disk is damaged: block 5 expected 4:5 found 3:5."
    )
    assert result["consoles"][0]["disk_damage"] == "5 expected 4:5 found 3:5"
    assert fake.time.now == started


def test_damaged_disk_is_named_without_an_earlier_reading(run: Run, fake: FakeCloud) -> None:
    guest = DiskGuest(fake)
    fake.time.now = 3.0
    guest.damage = "5 expected 4:5 found 3:5"
    result = run(server_console_info, servers=["probe"], fails=True)
    assert result["msg"] == "probe: the data disk of the guest is damaged: block 5 expected 4:5 found 3:5."
