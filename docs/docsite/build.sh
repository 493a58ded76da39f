#!/bin/sh
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: build.sh FOLDER
#
# Builds the documentation site in FOLDER/html from the pages of the repository and from the reference that antsibull-docs
# writes about the built archive. Every warning is an error.
set -eu

out=$(realpath -m "$1")
root=$(realpath "$(dirname "$0")/../..")
# This folder is outside the repository, because antsibull-docs silently skips files that git ignores.
installed=$(mktemp -d)
trap 'rm -rf "$installed"' EXIT

rm -rf "$out"
mkdir -p "$out/pages/reference"
# antsibull-docs requires a folder that only its owner can write to.
chmod go-w "$out/pages/reference"

# Document the archive that a user installs.
cd "$root"
ansible-galaxy collection build --output-path "$installed" >/dev/null
ANSIBLE_COLLECTIONS_PATH=$installed
export ANSIBLE_COLLECTIONS_PATH
# Without --force, nothing is installed if PYTHONPATH contains the collection.
ansible-galaxy collection install --force --offline --no-deps --collections-path "$installed" "$installed"/*.tar.gz >/dev/null

# Skip rstcheck, because Sphinx reads the same pages below.
antsibull-docs lint-collection-docs --plugin-docs --skip-rstcheck --check-extra-docs-refs \
    --validate-collection-refs=all "$installed/ansible_collections/stackproof/migration"

# Keep the paths of the repository, so that links work on the site and on a forge.
tar --exclude='./.[!.]*' --exclude=./reports --exclude=./playbooks/collections --exclude=__pycache__ --exclude='*.tar.gz' \
    -cf - . | tar -C "$out/pages" -xf -
cp docs/docsite/index.md "$out/pages"

antsibull-docs collection --use-current --fail-on-error --squash-hierarchy \
    --dest-dir "$out/pages/reference" stackproof.migration

sphinx-build --builder html --fail-on-warning --keep-going --nitpicky --quiet --jobs auto \
    --conf-dir docs/docsite "$out/pages" "$out/html"
echo "The site is in $out/html: open index.html in a browser."
