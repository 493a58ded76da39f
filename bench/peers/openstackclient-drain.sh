#!/bin/sh
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: openstackclient-drain.sh HOST
#
# Move all servers off a host. Disable the compute service of the host, and request the migration of each server. Then
# list the servers of the host every 2 s until the list is empty.
set -eu

servers() {
    openstack server list --all-projects --host "$1" -f value -c ID
}

openstack compute service set --disable "$1" nova-compute
for server in $(servers "$1"); do
    openstack server migrate --live-migration "$server"
done
while [ -n "$(servers "$1")" ]; do
    sleep 2
done
