# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The generator of docs/reference."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.stackproof.migration.tests.tools import reference

SPECS = """
argument_specs:
  check:
    short_description: Check a machine
    description: [Changes nothing.]
    options:
      machine_name: {description: As in C(main)., type: str}
  main:
    short_description: Prepare a machine
    options:
      machine_name:
        description: Name of the machine.
        type: str
        required: true
      machine_disks:
        description:
          - Disks, see M(stackproof.migration.disk_info).
          - "V(a|b) takes both."
        type: list
        elements: dict
        default: []
        options:
          size: {description: Size in GiB., type: int, choices: [1, 2], default: 1}
      machine_cloud:
        description: The cloud.
        type: raw
        default: "{{ lookup('ansible.builtin.env', 'OS_CLOUD') }}"
"""
MODULE = '''
DOCUMENTATION = r"""
module: disk_info
short_description: Read disks
"""
'''


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in {"roles/machine/meta/argument_specs.yml": SPECS, "plugins/modules/disk_info.py": MODULE}.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    (tmp_path / "docs").mkdir()
    return tmp_path


def test_lists_options_and_suboptions(root: Path) -> None:
    lines = reference.pages(root)[Path("docs/reference/machine.md")].splitlines()
    assert [line for line in lines if line.startswith("| `")] == [
        "| `machine_name` | str | required | Name of the machine. |",
        "| `machine_disks` | list of dict | `[]` | Disks, see `disk_info`. `a\\|b` takes both. |",
        "| `machine_disks.size` | int | `1` | Size in GiB. Choices: `1`, `2`. |",
        "| `machine_cloud` | raw | see the description | The cloud. |",
        "| `machine_name` | str |  | As in `main`. |",
    ]
    assert "## Entry point check" in lines


def test_lists_modules(root: Path) -> None:
    assert "| `disk_info` | Read disks |\n" in reference.pages(root)[Path("docs/reference/modules.md")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Set O(count=2) or V(none).", "Set `count=2` or `none`."),
        ("See O(a.b.c#module:probe) and RV(moved).", "See `probe` and `moved`."),
        ("P(a.b.cycle_outcome#filter) and C(f(x)).", "`cycle_outcome` and `f(x)`."),
        (
            "L(Nova, https://example.org/nova) U(https://example.org)",
            "[Nova](https://example.org/nova) <https://example.org>",
        ),
    ],
)
def test_converts_markup(text: str, expected: str) -> None:
    assert reference.markdown(text) == expected


def test_check_passes_after_write(root: Path) -> None:
    assert reference.main(["write"], root) == 0
    assert reference.main(["check"], root) == 0


def test_check_names_stale_missing_and_surplus_pages(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reference.write(root)
    folder = root / "docs" / "reference"
    (folder / "machine.md").write_text("edited", encoding="utf-8")
    (folder / "modules.md").unlink()
    (folder / "removed.md").write_text("", encoding="utf-8")
    assert reference.main(["check"], root) == 1
    assert [line.split()[0] for line in capsys.readouterr().err.splitlines()] == [
        "docs/reference/machine.md",
        "docs/reference/modules.md",
        "docs/reference/removed.md",
    ]
    reference.write(root)
    assert reference.stale(root) == []


def test_refuses_module_without_documentation() -> None:
    with pytest.raises(ValueError, match="no DOCUMENTATION"):
        reference.module_documentation("x = 1")


def test_shows_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert reference.main([]) == 2
    assert "usage:" in capsys.readouterr().err


SCENARIO = """
title: A server moves
tests: Moves a server.
steps: [boot, live_migrate]
checks: [status]
no_fault: There is none.
"""


@pytest.fixture
def with_scenarios(root: Path) -> Path:
    """Return the root with a scenario, and with a page about scenarios that has a part written by hand."""
    path = root / "roles/migration_scenarios/files/scenarios/live-migration/example.yml"
    path.parent.mkdir(parents=True)
    path.write_text(SCENARIO, encoding="utf-8")
    page = f"# By hand\n\n{reference.BEGIN}old\n{reference.END}\nAlso by hand.\n"
    (root / "docs/scenarios.md").write_text(page, encoding="utf-8")
    return root


def test_writes_only_the_generated_part_of_the_page_about_scenarios(with_scenarios: Path) -> None:
    reference.write(with_scenarios)
    text = (with_scenarios / "docs/scenarios.md").read_text(encoding="utf-8")
    assert text.startswith("# By hand\n")
    assert text.endswith("\nAlso by hand.\n")
    assert "### live-migration/example" in text
    assert "2. live-migrate to another named host" in text
    assert "old" not in text.splitlines()
    assert reference.stale(with_scenarios) == []


def test_page_about_scenarios_is_stale_after_a_change_of_a_scenario(with_scenarios: Path) -> None:
    reference.write(with_scenarios)
    path = with_scenarios / "roles/migration_scenarios/files/scenarios/live-migration/example.yml"
    path.write_text(SCENARIO.replace("A server moves", "A server stays"), encoding="utf-8")
    assert reference.stale(with_scenarios) == ["docs/scenarios.md"]
