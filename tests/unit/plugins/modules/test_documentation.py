# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of each module matches its argument spec and its results."""

from __future__ import annotations

import importlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible.module_utils.testing import patch_module_args
from ansible_collections.stackproof.migration.plugins.module_utils._api import errors
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError, Failure
from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import MigrationPlan
from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import TrackedMigration
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import LIVE
from ansible_collections.stackproof.migration.plugins.plugin_utils._action.in_process import ModuleAction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

PLUGINS = "ansible_collections.stackproof.migration.plugins"
ROOT = Path(__file__).parents[4]
DOCUMENTED = sorted(ROOT.glob("plugins/filter/*.py")) + sorted(ROOT.glob("plugins/[lm]o*/*.py"))
MODULES = [
    "allocation_info",
    "compute_service",
    "host_drain_info",
    "migration_action",
    "migration_audit_info",
    "migration_audit_repair",
    "migration_info",
    "migration_matrix_info",
    "migration_preflight",
    "migration_readiness_info",
    "migration_scenarios",
    "migration_wait",
    "server_batch",
    "server_cold_migrate",
    "server_console_info",
    "server_live_migrate",
]


def fragment(name: str) -> dict[str, Any]:
    parts = name.removeprefix("stackproof.migration.").split(".")
    plugin = importlib.import_module(f"{PLUGINS}.doc_fragments.{parts[0]}")
    text = getattr(plugin.ModuleDocFragment, parts[1].upper() if len(parts) > 1 else "DOCUMENTATION")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def load(name: str) -> ModuleType:
    return importlib.import_module(f"{PLUGINS}.modules.{name}")


def documented(module: ModuleType) -> dict[str, Any]:
    """Return the documented options by name, including the options of documentation fragments."""
    own = yaml.safe_load(module.DOCUMENTATION)
    options: dict[str, Any] = {}
    for name in own["extends_documentation_fragment"]:
        options |= fragment(name).get("options", {})
    options |= own.get("options", {})
    return options


def spec_of(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return the argument spec of the module."""
    found: dict[str, Any] = {}

    class Enough(Exception):  # noqa: N818  # not an error: it only ends the module early
        pass

    def catch(_self: object, argument_spec: dict[str, Any], **_checks: Any) -> None:
        found.update(argument_spec)
        raise Enough

    monkeypatch.setattr("ansible.module_utils.basic.AnsibleModule.__init__", catch)
    with patch_module_args({}), pytest.raises(Enough):
        module.main()
    return found


@pytest.mark.parametrize("name", MODULES)
def test_options_match_the_argument_spec(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = load(name)
    options = documented(module)
    spec = spec_of(module, monkeypatch)
    assert set(options) == set(spec)
    names = [name for option, real in spec.items() for name in (option, *real.get("aliases", []))]
    assert len(names) == len(set(names)), "an alias of one option is another option"
    for option, said in options.items():
        real = spec[option]
        for key in ("type", "elements", "choices", "aliases"):
            assert said.get(key) == real.get(key), (option, key)
        assert said.get("default") == real.get("default"), option
        assert bool(said.get("required")) == bool(real.get("required")), option


@pytest.mark.parametrize("name", MODULES)
def test_attributes_examples_and_return_are_complete(name: str) -> None:
    module = load(name)
    own = yaml.safe_load(module.DOCUMENTATION)
    attributes: dict[str, Any] = {}
    for part in own["extends_documentation_fragment"]:
        attributes |= fragment(part).get("attributes", {})
    attributes |= own.get("attributes", {})
    assert {"check_mode", "diff_mode", "idempotent"} <= set(attributes)
    for task in yaml.safe_load(module.EXAMPLES):
        assert task["name"]
    assert any(f"stackproof.migration.{name}" in task for task in yaml.safe_load(module.EXAMPLES))
    for key, value in yaml.safe_load(module.RETURN).items():
        assert {"description", "returned", "type"} <= set(value), key
        assert "sample" in value or all("sample" in part for part in value["contains"].values()), key


REFERENCE = re.compile(r"RV\(stackproof\.migration\.(\w+)#module:([\w.\[\]]+)\)")


@cache
def returned_by(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(load(name).RETURN)
    return found


def block_at(name: str, path: str) -> dict[str, Any]:
    """Return the documentation of a return value.

    Dots select the parts of a value, as in RV().
    """
    block: dict[str, Any] = {"contains": returned_by(name)}
    for part in path.replace("[]", "").split("."):
        block = block["contains"][part]
    return block


def keys_of(block: dict[str, Any]) -> set[str]:
    """Return the documented keys of a value.

    If the description refers to another block, the result includes the keys of that block.
    """
    keys = set(block.get("contains", {}))
    for name, path in REFERENCE.findall(str(block["description"])):
        keys |= keys_of(block_at(name, path))
    return keys


@pytest.mark.parametrize("name", MODULES)
def test_referenced_block_is_documented(name: str) -> None:
    for target, path in REFERENCE.findall(f"{load(name).DOCUMENTATION} {load(name).RETURN}"):
        assert not REFERENCE.search(str(block_at(target, path)["description"])), f"{target}: {path} refers on"


@pytest.mark.parametrize("name", ["migration_action", "migration_wait", "server_cold_migrate", "server_live_migrate"])
def test_keys_of_a_migration_are_documented(name: str) -> None:
    one = TrackedMigration(MigrationPlan("id", "name", kind=LIVE))
    assert keys_of(block_at(name, "migrations")) == set(one.as_result())


@pytest.mark.parametrize("name", MODULES)
def test_keys_of_a_failure_are_documented(name: str) -> None:
    assert keys_of(block_at(name, "failure")) == set(Failure("input", "Wrong.").as_result())
    assert set(block_at(name, "failure").get("sample", {})) <= keys_of(block_at(name, "failure"))


def test_kinds_of_failures_are_documented() -> None:
    told = str(block_at("server_live_migrate", "failure.kind")["description"])
    kinds = {each.kind for each in vars(errors).values() if isinstance(each, type) and issubclass(each, CloudError)}
    assert {kind for kind in kinds if f"V({kind})" not in told} == set()


@pytest.mark.parametrize("name", MODULES)
def test_no_block_is_documented_twice(name: str) -> None:
    """If another module documents a block, the description must refer to that module."""
    for key, block in returned_by(name).items():
        for other in MODULES:
            full = returned_by(other).get(key, {})
            shared = {
                part for part, said in block.get("contains", {}).items() if full.get("contains", {}).get(part) == said
            }
            assert other == name or len(shared) < 5, f"{key}: {sorted(shared)} are documented in {other}"


@pytest.mark.parametrize("name", MODULES)
def test_all_results_are_documented(name: str) -> None:
    module = load(name)
    returned = set(yaml.safe_load(module.RETURN))
    nothing = getattr(module, "NOTHING", {})
    assert set(nothing) <= returned
    assert "failure" in returned


def test_every_module_is_in_the_action_group() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())
    group = [entry for entry in runtime["action_groups"]["migration"] if isinstance(entry, str)]
    assert group == MODULES


@pytest.mark.parametrize("path", sorted(ROOT.glob("plugins/**/*.py")), ids=lambda path: path.name)
def test_every_plugin_has_its_licence(path: Path) -> None:
    head = path.read_text()[:600]
    assert re.search(r"^# SPDX-License-Identifier: GPL-3\.0-or-later$", head, re.MULTILINE)
    assert "GNU General Public License v3.0+" in head


def descriptions(documented: Any) -> Iterator[Any]:
    """Return each line of each description in a documentation block."""
    if isinstance(documented, dict):
        for key, value in documented.items():
            if key == "description":
                yield from value if isinstance(value, list) else [value]
            yield from descriptions(value)


@pytest.mark.parametrize(
    "path",
    [path for kind in ("filter", "lookup", "modules") for path in sorted((ROOT / "plugins" / kind).glob("*.py"))],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_every_description_is_text(path: Path) -> None:
    """A colon in an unquoted line turns the line into a dictionary. ansible-doc rejects dictionaries."""
    blocks = re.findall(
        r'^(?:DOCUMENTATION|RETURN) = r"""(.*?)"""', path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert [line for block in blocks for line in descriptions(yaml.safe_load(block)) if not isinstance(line, str)] == []


@pytest.mark.parametrize("name", MODULES)
def test_every_module_has_an_action_plugin(name: str) -> None:
    routing = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["plugin_routing"]["modules"]
    routed = routing.get(name, {"action_plugin": f"stackproof.migration.{name}"})["action_plugin"]
    action = importlib.import_module(f"{PLUGINS}.action.{routed.rpartition('.')[2]}").ActionModule
    assert issubclass(action, ModuleAction)
    assert load(name).MODULE.argument_spec
