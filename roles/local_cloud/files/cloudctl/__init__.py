# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start, stop and remove a small OpenStack on this machine.

The role ``local_cloud`` calls ``python cloudctl ACTION`` and passes the settings as JSON on standard input.

The modules in this folder run with the Python of Ansible. They import only the standard library and PyYAML, which
Ansible requires. Therefore they run before OpenStack is installed, and they start fast. The programs in ``inside`` run
with the Python of the cloud.
"""
