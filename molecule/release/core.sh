#!/bin/sh
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: core.sh X.Y FOLDER
#
# Prints the folder with the programs of ansible-core X.Y. Prints nothing if this version supports no Python on the
# PATH. The script creates the environment FOLDER/X.Y from the lock file requirements/sanity-X.Y.txt, and creates it
# again only if the lock file or the Python has changed.
set -eu

requirements=$(cd "$(dirname "$0")/../../requirements" && pwd)
lock=$requirements/sanity-$1.txt
folder=$2/$1

versions=$(sed -n 's/^# needs Python //p' "$requirements/sanity-$1.in")
python=$("$requirements/python.sh" "${versions:-3.11}") || exit 0

made_from=$(printf '%s %s\n' "$folder" "$python" | cat - "$lock" | sha256sum)
if [ "$(cat "$folder/.made" 2>/dev/null)" != "$made_from" ]; then
    mkdir -p "$2"
    "$requirements/venv.sh" "$folder" "${versions:-3.11}" "$python" >&2
    "$requirements/install.sh" "$folder" "$lock" >&2
    echo "$made_from" >"$folder/.made"
fi
echo "$folder/bin"
