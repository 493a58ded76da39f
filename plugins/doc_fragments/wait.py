# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options for polling."""

from __future__ import annotations


class ModuleDocFragment:
    """The documentation of the options that set the poll interval."""

    DOCUMENTATION = r"""
options:
  poll_interval:
    description: Seconds between the first and the second poll. Each later interval is 5 percent longer than the
      interval before it.
    type: float
    default: 0.25
  poll_interval_max:
    description: The longest interval between two polls, in seconds. The interval does not grow beyond this value.
    type: float
    default: 0.5
"""
