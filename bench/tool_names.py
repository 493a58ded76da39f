# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

ROLE = "this collection"
RALLY = "Rally"
CLIENT = "openstackclient"
CYCLE = "one cycle of this collection"
LOOP = "Ansible's loop"
FLOOR = "bare client (floor)"
# The command of the scale benchmark that reads all servers of the cloud.
READINESS = "readiness of all hosts"
COVERAGE_PLAN = "plan for all hosts"
AUDIT = "audit of the cloud"
# The ways in which the modules learn about the end of a migration.
POLLS = "by polls"
NOTIFICATIONS = "by notifications"
