#!/bin/sh
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Check whether a server of this cloud can be live-migrated. Boot two servers in one request. Migrate one server, and
# show its status and host. Then delete both servers.
set -eu

openstack server create --image "$BENCH_IMAGE" --flavor "$BENCH_FLAVOR" --nic none --min 2 --max 2 --wait bench-cycle
openstack server migrate --live-migration --wait bench-cycle-1
openstack server show bench-cycle-1 -c status -c OS-EXT-SRV-ATTR:host
openstack server delete --wait bench-cycle-1 bench-cycle-2
