# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nova does not delete the port binding of the source host after a live migration.

The binding stays INACTIVE, and a later migration of the server to this host fails.
"""

NEEDS = {"networks": ["flat", "ovn"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.network.neutron"
OLD = """                client.delete_port_binding(port['id'], host)
"""
NEW = """                LOG.warning("the fault port-binding-left keeps a binding: port=%s host=%s", port["id"], host)
"""
