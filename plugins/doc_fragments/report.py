# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the modules that write a report on the controller."""

from __future__ import annotations


class ModuleDocFragment:
    """The documentation of the options that the modules that write a report share."""

    DOCUMENTATION = r"""
options:
  directory:
    description:
      - The folder of the report. The module creates the folder.
      - If the name of the folder is the id of the run, the module also creates the symbolic link C(latest) to the
        folder.
    type: path
    required: true
  redact_hosts:
    description:
      - Whether to replace the names of the site in all files of the report with numbered names such as V(host-1).
      - The names of the site are the names of hosts, nodes, domains, servers, projects, users, zones, regions, images,
        flavors, networks, clouds and endpoints. IP addresses and file paths are also replaced. The ids of servers,
        migrations and requests are not replaced.
    type: bool
    default: false
"""
