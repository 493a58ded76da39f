#!/bin/sh
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: venv.sh FOLDER VERSIONS [PYTHON]
#
# Creates a virtual environment with pip in FOLDER, from PYTHON or from the first Python on the PATH that VERSIONS
# allows (see python.sh). The Python of Debian lacks the modules venv and ensurepip until their package is installed. As
# root the script installs this package, and otherwise it prints the command.
set -eu

folder=$1
versions=$2
wanted=${3:-}

fail() {
    printf 'ERROR: ' >&2
    printf '%s\n' "$@" >&2
    exit 1
}

can_make_environments() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

if ! python=$("$(dirname "$0")/python.sh" "$versions" "$wanted"); then
    found=$("${wanted:-python3}" --version 2>/dev/null | head -n 1)
    case $versions in
        *-*) needed="Python ${versions%-*} to ${versions#*-}" ;;
        *) needed="Python $versions or newer" ;;
    esac
    fail "$needed is required, but ${wanted:-python3} is ${found:-not a Python that starts}." \
        "Choose another Python, for example: make regression PYTHON=/opt/python3.12/bin/python3"
fi

if ! can_make_environments "$python"; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if ! command -v apt-get >/dev/null; then
        fail "$python lacks the modules venv and ensurepip. Install them, or choose another Python with PYTHON=..."
    elif [ "$(id -u)" != 0 ]; then
        fail "$python cannot create virtual environments. Install the missing package, then try again:" \
            "    sudo apt-get update && sudo apt-get install --yes $package"
    fi
    echo "Installing $package: $python cannot create virtual environments without it"
    apt-get -qq update
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends "$package" >/dev/null
    can_make_environments "$python" || fail "$python still lacks venv or ensurepip after $package was installed"
fi

echo "Creating $folder with $python, $("$python" --version)"
rm -rf "$folder"
"$python" -m venv "$folder"
