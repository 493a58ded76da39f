# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start, stop and remove a local OpenStack cloud.

The role ``local_cloud`` runs this program and passes the settings as JSON on standard input.

The program imports only the standard library and PyYAML, because it runs before OpenStack is installed.
"""
