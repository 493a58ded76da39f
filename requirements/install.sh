#!/bin/sh
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: install.sh FOLDER LOCK
#
# Installs the packages of the lock file LOCK into the virtual environment FOLDER.
#
# With --no-deps pip installs only the versions in the lock file, regardless of versions that were published later. Then
# `pip check` finds requirements of the packages that the lock file does not fulfil.
set -eu

folder=$1
lock=$2

# pip prints many warnings, even if it succeeds. Therefore its output is printed only if pip fails.
if ! output=$("$folder/bin/python" -m pip --disable-pip-version-check install --quiet --no-compile --no-deps \
    --require-hashes -r "$lock" 2>&1); then
    printf '%s\n' "$output" >&2
    exit 1
fi
if ! problems=$("$folder/bin/python" -m pip --disable-pip-version-check check); then
    printf 'ERROR: The packages in %s conflict:\n%s\n' "$folder" "$problems" >&2
    printf '%s is incomplete or contradictory. Correct its .in file, then run: make lock\n' "$lock" >&2
    exit 1
fi
