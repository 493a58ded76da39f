# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a small OpenStack on this machine: bring it up, look at it, stop it, remove it.

The role ``local_cloud`` calls ``python cloudctl ACTION`` with its settings as
JSON on standard input. Everything here but ``inside`` runs with the Python of
Ansible and needs nothing but the standard library and PyYAML, which Ansible
itself cannot do without: it works before anything is installed, and costs
little when there is nothing to do. ``inside`` runs with the cloud's own Python.
"""
