# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Create the HTML report of a migration cycle as a single file."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.page import page
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timestamps import format_seconds
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATES = Path(__file__).parent / "templates"


def html(evidence: Mapping[str, Any]) -> str:
    return render("report.html.j2", page(evidence))


def render(template: str, page: object) -> str:
    """Return the report as an HTML page. Values from the cloud cannot run as scripts."""
    return str(_without_indentation(_environment().get_template(template).render(page=page))) + "\n"


@cache
def _environment() -> jinja2.Environment:
    """Return the environment of the templates. It keeps compiled templates, for reports with many pages."""
    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(without_indentation=_without_indentation, digest=_digest, seconds=format_seconds)
    return environment


def _without_indentation(text: str) -> str:
    """Remove the indentation of the HTML report, which makes a large report a third smaller."""
    lines = "\n".join(line.strip() for line in text.splitlines() if line.strip())
    return Markup(lines) if isinstance(text, Markup) else lines  # noqa: S704 - the lines were markup before


def _digest(script: str) -> str:
    """Return the digest of the script. The content security policy allows only a script with this digest."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
