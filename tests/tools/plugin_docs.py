# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that ansible-doc shows complete documentation of every plugin and role of the collection, without a warning.

usage: plugin_docs.py COLLECTIONS ANSIBLE_DOC
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

COLLECTION = "stackproof.migration"
# Each kind of plugin has one folder in this collection.
FOLDERS = {"module": "plugins/modules", "filter": "plugins/filter", "lookup": "plugins/lookup", "test": "plugins/test"}


def lacking(thing: Mapping[str, Any], keys: Sequence[str], where: str) -> Iterator[str]:
    yield from (f"{where} has no {key}" for key in keys if not thing.get(key))


def option_gaps(options: Mapping[str, Any], where: str) -> Iterator[str]:
    """Yield what the documentation of options and suboptions lacks."""
    for name, option in options.items():
        here = f"{where} option {name}"
        yield from lacking(option, ("description", "type"), here)
        if option.get("type") == "list":
            yield from lacking(option, ("elements",), here)
        yield from option_gaps(option.get("suboptions") or option.get("options") or {}, here)


def return_gaps(values: Mapping[str, Any], where: str, keys: Sequence[str], *, sampled: bool = False) -> Iterator[str]:
    """Yield what the documentation of return values lacks.

    If a value has a sample, its parts need no sample.
    """
    for name, value in values.items():
        here = f"{where} return value {name}"
        parts = value.get("contains") or {}
        shown = sampled or "sample" in value
        yield from lacking(value, keys, here)
        if not shown and not parts:
            yield f"{here} has no sample"
        yield from return_gaps(parts, here, ("description", "type"), sampled=shown)


def plugin_gaps(kind: str, name: str, shown: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the documentation of a plugin lacks."""
    where = f"{kind} {name}"
    doc = shown["doc"]
    yield from lacking(doc, ("short_description", "description", "author", "version_added"), where)
    yield from option_gaps(doc.get("options") or {}, where)
    yield from lacking(shown, ("examples", "return"), where)
    # A filter always returns its value. Therefore the return value of a filter needs no `returned`.
    keys = ("description", "type", "returned") if kind == "module" else ("description", "type")
    yield from return_gaps(shown.get("return") or {}, where, keys)


def role_gaps(name: str, shown: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the documentation of a role lacks."""
    yield from lacking(shown, ("entry_points",), f"role {name}")
    for point, doc in (shown.get("entry_points") or {}).items():
        where = f"role {name} {point}"
        yield from lacking(doc, ("short_description", "description", "options"), where)
        yield from option_gaps(doc.get("options") or {}, where)


def ask(kind: str, names: Sequence[str], program: Path, collections: Path) -> tuple[dict[str, Any], list[str]]:
    """Return the output and the warnings of ansible-doc."""
    ran = subprocess.run(
        [program, "--type", kind, "--json", *names],
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(collections)},
        cwd=collections,
        check=False,
        capture_output=True,
        text=True,
    )
    said = [f"ansible-doc --type {kind}: {line}" for line in ran.stderr.splitlines()]
    if ran.returncode:
        said.append(f"ansible-doc --type {kind} ended with exit code {ran.returncode}")
    return json.loads(ran.stdout or "{}"), said


def gaps(collections: Path, program: Path) -> Iterator[str]:
    """Yield what the documentation of all plugins and roles lacks."""
    root = collections / "ansible_collections" / COLLECTION.replace(".", "/")
    wanted = {
        kind: sorted(f"{COLLECTION}.{path.stem}" for path in (root / folder).glob("[!_]*.py"))
        for kind, folder in FOLDERS.items()
    }
    wanted["role"] = sorted(f"{COLLECTION}.{path.name}" for path in (root / "roles").iterdir())
    for kind, names in wanted.items():
        shown, said = ask(kind, names, program, collections)
        yield from said
        yield from (f"{kind} {name} is not shown" for name in names if name not in shown)
        for name, found in shown.items():
            yield from role_gaps(name, found) if kind == "role" else plugin_gaps(kind, name, found)
        print(f"ansible-doc shows {len(shown)} of {len(names)}: {kind}")


def main(arguments: Sequence[str]) -> int:
    """Run the command line and return the exit code."""
    match arguments:
        case [collections, program]:
            found = list(gaps(Path(collections).absolute(), Path(program).absolute()))
            print(*found, sep="\n", end="\n" if found else "")
            return int(bool(found))
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
