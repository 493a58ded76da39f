# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of Sphinx. The script build.sh runs Sphinx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

project = "stackproof.migration"
author = "the stackproof.migration contributors"
project_copyright = f"2026, {author}"
html_title = "stackproof.migration"

extensions = ["myst_parser", "sphinx_antsibull_ext"]
root_doc = "index"
include_patterns = ["*.md", "docs/**", "reference/**", "roles/*/README.md"]
exclude_patterns = ["docs/docsite"]

myst_heading_anchors = 4

html_theme = "sphinx_ansible_theme"
html_show_sphinx = False
html_use_modindex = False
html_use_index = False
html_copy_source = False
pygments_style = "ansible"

# With this list, Sphinx links to pages of the Ansible documentation without access to the network.
ANSIBLE = "https://docs.ansible.com/ansible/latest"
LABELS = {
    "action_plugins": "plugins/action.html#action-plugins",
    "ansible_configuration_settings": "reference_appendices/config.html#ansible-configuration-settings",
    "common_return_values": "reference_appendices/common_return_values.html#common-return-values",
    "ansible_collections.openstack.cloud.compute_service_info_module": (
        "collections/openstack/cloud/compute_service_info_module.html"
    ),
}


def resolve(_app: Sphinx, _env: BuildEnvironment, node: pending_xref, content: nodes.Element) -> nodes.reference | None:
    """Return a link to the Ansible documentation, or None for an unknown page."""
    page = LABELS.get(node["reftarget"])
    return None if page is None else nodes.reference("", "", content, internal=False, refuri=f"{ANSIBLE}/{page}")


def setup(app: Sphinx) -> None:
    """Let Sphinx call the function ``resolve`` for a link that Sphinx cannot resolve."""
    app.connect("missing-reference", resolve)
