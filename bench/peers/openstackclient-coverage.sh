#!/bin/sh
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: openstackclient-coverage.sh HOST HOST...
#
# Test live migration from each host and to each host. Boot a server on the first host, and migrate the server from
# host to host, until it is on the first host again. Then delete the server.
set -eu

openstack --os-compute-api-version 2.74 server create --image "$BENCH_IMAGE" --flavor "$BENCH_FLAVOR" --nic none \
    --host "$1" --wait bench-coverage
first=$1
shift
for host in "$@" "$first"; do
    openstack --os-compute-api-version 2.30 server migrate --live-migration --host "$host" --wait bench-coverage
    openstack server show bench-coverage -f value -c status -c OS-EXT-SRV-ATTR:host
done
openstack server delete --wait bench-coverage
