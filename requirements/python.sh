#!/bin/sh
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: python.sh LEAST [PYTHON]
#
# Prints the path of PYTHON or else of the first Python on the PATH, which must be LEAST (such as 3.11) or newer.
set -eu

least=$1
wanted=${2:-}

new_enough() {
    "$1" -c "import sys; sys.exit(sys.version_info < tuple(map(int, '$least'.split('.'))))" 2>/dev/null
}

for candidate in ${wanted:-python3 python3.11 python3.12 python3.13 python3.14}; do
    if new_enough "$candidate"; then
        # not the one of an activated environment: that may be the very one to be replaced
        exec "$candidate" -c 'import sys; print(sys._base_executable)'
    fi
done
exit 1
