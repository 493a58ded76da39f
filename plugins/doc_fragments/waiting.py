# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the modules that wait."""

from __future__ import annotations


class ModuleDocFragment:
    """How often to look."""

    DOCUMENTATION = r"""
options:
  poll_interval:
    description: Seconds until the second look at the cloud. Later intervals grow by a twentieth each.
    type: float
    default: 0.25
  poll_interval_max:
    description: Seconds that an interval between two looks grows to at most.
    type: float
    default: 0.5
"""
