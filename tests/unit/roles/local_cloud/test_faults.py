# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults of the role: their installation into a cloud of toy programs, and their removal."""

from __future__ import annotations

import ast
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.unit.roles.local_cloud.toy import eventually
from cloudctl.errors import CancelledError, CloudError
from cloudctl.faults import Fault, Faults, known_faults, require_inputs, select_faults
from cloudctl.processes import own_processes

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.roles.local_cloud.toy import Toy
    from cloudctl.layout import Layout

FAULTS = Path(__file__).parents[4] / "roles" / "local_cloud" / "files" / "faults"
KINDS = {"placement", "neutron", "libvirt-hook", "nova", "nova-scheduler", "nova-conductor", "nova-compute"}
HOSTS = ("compute1", "compute2")
SCHEDULER, COMPUTE, API = "bug-1718455", "never-ends", "answers-late"


# A cloud with these values can have every fault, except the faults that need another kind of hosts.
USUAL = {"hypervisor": "fake", "volumes": "fake", "networks": "flat", "notifications": "true"}


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("copy-fails", {"hypervisor": "libvirt"}, "local_cloud_hypervisor=libvirt.*set local_cloud_hypervisor to fake"),
        ("volume-write-lost", {"hypervisor": "libvirt"}, "local_cloud_volumes=fake.*set local_cloud_volumes to nfs"),
        ("volume-connect-fails", {"volumes": "none"}, "set local_cloud_volumes to fake or nfs or rbd"),
        ("port-binding-refused", {"networks": "ovn"}, "local_cloud_networks=ovn.*set local_cloud_networks to flat"),
        ("port-binding-not-activated", {"networks": "none"}, "set local_cloud_networks to flat"),
        ("port-binding-left", {"networks": "none"}, "set local_cloud_networks to flat or ovn"),
        ("guest-not-connected", {"hypervisor": "libvirt", "networks": "ovn"}, "set local_cloud_networks to flat"),
        ("final-notification-lost", {"notifications": "false"}, "set local_cloud_notifications to true"),
    ],
)
def test_faults_without_effect_are_refused(name: str, values: dict[str, str], message: str) -> None:
    chosen = select_faults(FAULTS, [SCHEDULER, name])
    with pytest.raises(CloudError, match=f"The fault {name} has no effect with .*{message}"):
        require_inputs(chosen, {**USUAL, **values})
    needs = {key: usable[0] for key, usable in known_faults(FAULTS)[name].needs.items()}
    require_inputs(chosen, {**USUAL, **needs})


def test_start_refuses_a_fault_without_effect(toy: Toy) -> None:
    with pytest.raises(CloudError, match="port-binding-left has no effect with local_cloud_networks=none"):
        toy.cloud(faults=["port-binding-left"]).start()
    assert own_processes(toy.layout) == []


@pytest.mark.parametrize("path", sorted(FAULTS.iterdir()), ids=lambda path: path.stem)
def test_each_fault_has_description_and_programs(path: Path) -> None:
    tree = ast.parse(path.read_text())
    fault = Fault.read(path)
    assert fault.summary.endswith(".")
    assert "\n\n" in (ast.get_docstring(tree) or ""), "the docstring must give the reason for the fault"
    assert fault.program_names
    assert set(fault.program_names) <= KINDS
    made = {ast.unparse(node.targets[0]) for node in tree.body if isinstance(node, ast.Assign)}
    made |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert "MODULE" in made
    assert set(fault.needs) <= set(USUAL)
    # A bug that is in two places of a module can need both ways to insert it.
    assert "OLD" in made or "patch_module" in made
    assert ("OLD" in made) is ("NEW" in made)


@pytest.mark.parametrize(
    ("module", "needs"), [("stackproof_fake", {"hypervisor": ["fake"]}), ("stackproof_flat", {"networks": ["flat"]})]
)
def test_faults_of_drivers_need_these_drivers(module: str, needs: dict[str, list[str]]) -> None:
    found = [name for name in known_faults(FAULTS) if f'{module}"\n' in (FAULTS / f"{name}.py").read_text()]
    assert found
    assert {name: known_faults(FAULTS)[name].needs for name in found} == dict.fromkeys(found, needs)


def test_fault_of_nova_compute_concerns_every_host() -> None:
    known = known_faults(FAULTS)
    assert known[COMPUTE].programs(HOSTS) == {"nova-compute1", "nova-compute2"}
    assert known[SCHEDULER].programs(HOSTS) == {"nova-scheduler"}
    assert known[API].programs(HOSTS) == {"nova"}


def test_error_for_unknown_faults_lists_known_faults() -> None:
    with pytest.raises(CloudError) as caught:
        select_faults(FAULTS, ["never-ends", "gremlins", "bugs"])
    lines = str(caught.value).splitlines()
    assert lines[0] == "Unknown fault in local_cloud_faults: bugs, gremlins. The known faults are:"
    assert "  never-ends: The copy of a live migration never ends." in lines


def test_order_and_repetition_of_names_do_not_matter() -> None:
    assert select_faults(FAULTS, [API, COMPUTE, API]) == select_faults(FAULTS, [COMPUTE, API])


def test_refuses_a_fault_without_programs(tmp_path: Path) -> None:
    (tmp_path / "vague.py").write_text('"""Somewhere something."""\nMODULE = "nova"\n')
    with pytest.raises(ValueError, match="assigns no PROGRAMS"):
        select_faults(tmp_path, ["vague"])


def install_faults(layout: Layout, *names: str) -> Faults:
    return Faults(layout, select_faults(FAULTS, names), HOSTS)


def test_exchange_installs_and_removes_faults(layout: Layout) -> None:
    assert install_faults(layout).changed_programs() == set()
    faults = install_faults(layout, COMPUTE, "copy-fails", SCHEDULER)
    assert faults.changed_programs() == {"nova-compute1", "nova-compute2", "nova-scheduler"}
    faults.apply()
    assert faults.changed_programs() == set()
    assert {path.name for path in (layout.faults / "nova-compute2").iterdir()} == {
        "copy-fails.py",
        "never-ends.py",
        "sitecustomize.py",
    }
    notice = layout.faults_notice.read_text().splitlines()
    assert notice[1:] == [SCHEDULER, "copy-fails", COMPUTE]
    (layout.faults / "nova-scheduler" / "__pycache__").mkdir()  # Python creates this folder
    fewer = install_faults(layout, COMPUTE, SCHEDULER)
    assert fewer.changed_programs() == {"nova-compute1", "nova-compute2"}
    fewer.apply()
    install_faults(layout).apply()
    assert not layout.faults_notice.exists()
    assert list(layout.faults.iterdir()) == []


def test_edited_fault_is_installed_again(layout: Layout, tmp_path: Path) -> None:
    install_faults(layout, SCHEDULER).apply()
    source = (FAULTS / f"{SCHEDULER}.py").read_text()
    (tmp_path / f"{SCHEDULER}.py").write_text(source + "# edited\n")
    assert Faults(layout, select_faults(tmp_path, [SCHEDULER]), HOSTS).changed_programs() == {"nova-scheduler"}


# Tests with a cloud


def starts(toy: Toy) -> dict[str, int]:
    """Return the number of starts of each program."""
    files = (toy.layout.top / "told").glob("starts-*")
    return {path.name.removeprefix("starts-"): len(path.read_text().splitlines()) for path in files}


def test_restarts_only_programs_with_changed_faults(toy: Toy) -> None:
    healthy = toy.cloud().start()
    assert healthy["faults"] == []
    assert "warnings" not in healthy
    once = dict.fromkeys(starts(toy), 1)
    assert starts(toy) == once

    for names, restarted in (
        ([COMPUTE], {"nova-compute1": 2, "nova-compute2": 2}),
        ([COMPUTE, SCHEDULER], {"nova-compute1": 2, "nova-compute2": 2, "nova-scheduler": 2}),
        ([API, SCHEDULER], {"nova-compute1": 3, "nova-compute2": 3, "nova-scheduler": 2, "nova": 2}),
        ([], {"nova-compute1": 3, "nova-compute2": 3, "nova-scheduler": 3, "nova": 3}),
    ):
        toy.said.clear()
        result = toy.cloud(faults=names).start()
        assert result["changed"] is True
        assert result["faults"] == sorted(names)
        assert starts(toy) == once | restarted
        assert toy.layout.faults_notice.exists() is bool(names)
        says_so = [line for line in toy.said if "BROKEN ON PURPOSE" in line]
        assert len(says_so) == (2 if names else 0), "the start must print the faults at its beginning and at its end"


def test_prints_faults_even_without_changes(toy: Toy) -> None:
    toy.cloud(faults=[COMPUTE]).start()
    toy.said.clear()
    again = toy.cloud(faults=[COMPUTE]).start()
    assert again["changed"] is False
    assert again["faults"] == [COMPUTE]
    assert "BROKEN ON PURPOSE" in again["warnings"][0]
    assert COMPUTE in again["warnings"][0]
    assert "BROKEN ON PURPOSE" in toy.said[0]


def test_stopped_cloud_starts_with_other_faults(toy: Toy) -> None:
    toy.cloud(faults=[SCHEDULER]).start()
    toy.cloud().stop()
    result = toy.cloud(faults=[API]).start()
    assert result["faults"] == [API]
    assert [folder.name for folder in toy.layout.faults.iterdir()] == ["nova"]


def test_unknown_fault_changes_nothing(toy: Toy) -> None:
    with pytest.raises(CloudError, match="Unknown fault in local_cloud_faults: gremlins"):
        toy.cloud(faults=["gremlins"]).start()
    assert own_processes(toy.layout) == []
    toy.cloud(faults=["gremlins"]).remove()  # a removal does not need the faults
    toy.layout.top.mkdir()  # create the folder again, because the fixture removes it


def test_fault_that_does_not_fit_can_be_removed(toy: Toy) -> None:
    toy.cloud().start()
    dies = toy.tell("dies-nova-scheduler")
    hangs = toy.tell("hangs-consumer")
    with pytest.raises(CloudError, match="nova-scheduler has ended right after its start"):
        toy.cloud(faults=[SCHEDULER]).start()
    dies.unlink()
    hangs.unlink()
    toy.cancelled.clear()
    assert toy.cloud().start()["faults"] == []
    assert not toy.layout.faults_notice.exists()


@pytest.mark.parametrize("afterwards", [[], [COMPUTE], [API]], ids=["no fault", "same fault", "other fault"])
def test_next_start_completes_an_interrupted_change(toy: Toy, afterwards: list[str]) -> None:
    toy.cloud().start()
    hangs = toy.tell("hangs-hosts")
    (toy.layout.top / "told" / "hosts.json").unlink()

    def interrupt() -> None:
        eventually(lambda: bool(toy.told("hosts")))
        toy.cancelled.set()

    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    with pytest.raises(CancelledError):
        toy.cloud(faults=[COMPUTE]).start()
    interrupter.join()
    assert toy.layout.faults_notice.exists()
    hangs.unlink()
    toy.cancelled.clear()
    before = starts(toy)
    result = toy.cloud(faults=afterwards).start()
    assert result["changed"] is True, "the interrupted start must not count as a start"
    assert result["faults"] == afterwards
    assert toy.layout.faults_notice.exists() is bool(afterwards)
    assert (starts(toy)["nova-compute1"] > before["nova-compute1"]) is (afterwards != [COMPUTE])


def test_next_start_completes_a_change_interrupted_before_exchange(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    toy.cloud().start()
    with monkeypatch.context() as patch:
        patch.setattr(Faults, "apply", interrupted)
        with pytest.raises(KeyboardInterrupt):
            toy.cloud(faults=[COMPUTE]).start()
    # Now nova-compute is stopped on all hosts, and no fault is installed.
    assert toy.cloud().start()["changed"] is True
    assert starts(toy)["nova-compute1"] == 2


def interrupted(_: Faults) -> None:
    raise KeyboardInterrupt
