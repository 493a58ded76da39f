# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the texts of the repository against the dictionary prose.toml.

usage: prose.py [--warn] [FILE ...]   without FILE, check all files that git tracks; with --warn, always exit with 0

The program checks these texts:

- Markdown without code
- docstrings and comments of Python, and strings with more than one word
- YAML, and Jinja templates without expressions
- comments of shell scripts and makefiles

If a line must use a term of the dictionary, add the comment `prose: ok - REASON` to the line.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import io
import re
import subprocess
import sys
import tokenize
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

ROOT = Path(__file__).parents[2]
DICTIONARY = Path(__file__).with_name("prose.toml")
_ACCEPTED = re.compile(r"prose: ok - \w")
_FENCE = re.compile(r"^\s*(```|~~~)")
_INLINE_CODE = re.compile(r"``[^`]*``|`[^`]*`")
_LINK_TARGET = re.compile(r"\]\([^)]*\)")
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_STYLE = re.compile(r"<(style|script)\b.*?</\1>", re.DOTALL)
_TEXT_TOKENS = {tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}

# A pair of a line number and a text of this line.
Line = tuple[int, str]


@dataclasses.dataclass(frozen=True)
class Term:
    """An entry of the dictionary. It contains the pattern of a wrong term, the right term, and the reason."""

    pattern: re.Pattern[str]
    right: str
    reason: str


@dataclasses.dataclass(frozen=True)
class Dictionary:
    """The dictionary.

    It contains the terms and the patterns of paths that are not checked.
    """

    terms: tuple[Term, ...]
    excluded: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> Dictionary:
        """Read the dictionary from a TOML file."""
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        terms = (
            Term(re.compile(rf"\b(?:{term['wrong']})", re.IGNORECASE), term["right"], term["reason"])
            for term in raw["term"]
        )
        excluded = tuple(entry["path"] for entry in raw["exclude"])
        return cls(tuple(terms), excluded)

    def excludes(self, path: str) -> bool:
        """Return whether a path is not checked."""
        return any(fnmatch.fnmatch(path, pattern) for pattern in self.excluded)


@dataclasses.dataclass(frozen=True)
class Finding:
    """A term in a text."""

    path: str
    line: int
    found: str
    term: Term

    def __str__(self) -> str:
        return f'{self.path}:{self.line}: "{self.found}": write {self.term.right} ({self.term.reason})'


def blank(match: re.Match[str]) -> str:
    """Return only the line ends of a match. Otherwise the numbers of later lines would change."""
    return " " + "\n" * match[0].count("\n")


def markdown(text: str) -> Iterator[Line]:
    """Yield the lines of a page without code and link targets."""
    fenced = False
    for number, line in enumerate(text.splitlines(), start=1):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield number, _LINK_TARGET.sub("]", _INLINE_CODE.sub(" ", line))


def python(text: str) -> Iterator[Line]:
    """Yield the comments, the docstrings, and the strings with more than one word."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in _TEXT_TOKENS and re.search(r"\w\W*\s\W*\w", token.string):
            for number, line in enumerate(token.string.splitlines(), start=token.start[0]):
                yield number, _INLINE_CODE.sub(" ", line)


def template(text: str) -> Iterator[Line]:
    """Yield the lines of YAML or of a Jinja template without expressions, statements, styles and scripts."""
    lines = _JINJA.sub(blank, _STYLE.sub(blank, text)).splitlines()
    for number, line in enumerate(lines, start=1):
        yield number, _INLINE_CODE.sub(" ", line)


def shell(text: str) -> Iterator[Line]:
    """Yield the comments of a shell script or a makefile."""
    for number, line in enumerate(text.splitlines(), start=1):
        _code, separator, comment = line.partition("#")
        if separator:
            yield number, comment


EXTRACTORS: dict[str, Callable[[str], Iterator[Line]]] = {
    ".md": markdown,
    ".py": python,
    ".yml": template,
    ".yaml": template,
    ".j2": template,
    ".sh": shell,
    "Makefile": shell,
}


def check_text(path: str, text: str, dictionary: Dictionary) -> Iterator[Finding]:
    """Yield a finding for each term of the dictionary in a file.

    A line with `prose: ok - REASON` has no findings.
    """
    extract = EXTRACTORS.get(Path(path).suffix) or EXTRACTORS.get(Path(path).name)
    if extract is None:
        return
    accepted = {number for number, line in enumerate(text.splitlines(), start=1) if _ACCEPTED.search(line)}
    for number, line in extract(text):
        if number not in accepted:
            for term in dictionary.terms:
                for match in term.pattern.finditer(line):
                    yield Finding(path, number, match[0], term)


def tracked(root: Path) -> list[str]:
    """Return the files that git tracks. Also return new files that git does not ignore."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    output = subprocess.run(listed, cwd=root, check=True, capture_output=True, text=True).stdout
    return sorted({path for path in output.split("\0") if (root / path).is_file() and not (root / path).is_symlink()})


def check(root: Path, paths: Iterable[str], dictionary: Dictionary) -> list[Finding]:
    """Return the findings in all files, except the excluded files."""
    return [
        finding
        for path in paths
        if not dictionary.excludes(path) and (Path(path).suffix in EXTRACTORS or Path(path).name in EXTRACTORS)
        for finding in check_text(path, (root / path).read_text(encoding="utf-8"), dictionary)
    ]


def main(arguments: Sequence[str], root: Path = ROOT, dictionary: Dictionary | None = None) -> int:
    """Print the findings.

    Return 1 if there is a finding. With --warn, always return 0.
    """
    dictionary = dictionary or Dictionary.read(DICTIONARY)
    paths = [argument for argument in arguments if argument != "--warn"]
    findings = check(root, paths or tracked(root), dictionary)
    for finding in findings:
        print(finding)
    if findings:
        print(f"{len(findings)} terms to replace; the dictionary is tests/tools/prose.toml", file=sys.stderr)
    return 1 if findings and "--warn" not in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
