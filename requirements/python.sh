#!/bin/sh
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: python.sh VERSIONS [PYTHON]
#
# Prints the path of PYTHON, or without PYTHON the path of the first Python on the PATH, if VERSIONS allows its version.
# The value 3.11 allows Python 3.11 or newer. The value 3.11-3.12 allows Python 3.11 and 3.12 only.
set -eu

versions=$1
wanted=${2:-}

allowed() {
    "$1" -c "
import sys
least, _, most = '$versions'.partition('-')
numbers = lambda version: tuple(map(int, version.split('.')))
sys.exit(sys.version_info < numbers(least) or bool(most) and sys.version_info[:2] > numbers(most))" 2>/dev/null
}

for candidate in ${wanted:-python3 python3.11 python3.12 python3.13 python3.14}; do
    if allowed "$candidate"; then
        # This is the base interpreter and not the interpreter of an active virtual environment. The active environment
        # may be the one that is replaced.
        exec "$candidate" -c 'import sys; print(sys._base_executable)'
    fi
done
exit 1
