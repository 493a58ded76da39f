#!/bin/sh
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: build.sh FOLDER
#
# Makes the documentation site in FOLDER/html: the repository's own pages, and the reference that antsibull-docs writes
# of what the built archive holds. Whatever is wrong in either is an error.
set -eu

out=$(realpath -m "$1")
root=$(realpath "$(dirname "$0")/../..")
# Not inside the repository: of what git ignores antsibull-docs would read nothing, and find nothing wrong with it.
installed=$(mktemp -d)
trap 'rm -rf "$installed"' EXIT

rm -rf "$out"
mkdir -p "$out/pages/reference"
# antsibull-docs wants nobody else to write there
chmod go-w "$out/pages/reference"

# What is documented is what a user gets.
cd "$root"
ansible-galaxy collection build --output-path "$installed" >/dev/null
ANSIBLE_COLLECTIONS_PATH=$installed
export ANSIBLE_COLLECTIONS_PATH
ansible-galaxy collection install --offline --no-deps --collections-path "$installed" "$installed"/*.tar.gz >/dev/null

# rstcheck would only read what Sphinx reads below.
antsibull-docs lint-collection-docs --plugin-docs --skip-rstcheck --check-extra-docs-refs \
    --validate-collection-refs=all "$installed/ansible_collections/stackproof/migration"

# The pages stand where they stand in the repository, so that a link leads to the same place on the site and on a forge.
tar --exclude='./.[!.]*' --exclude=./reports --exclude=./playbooks/collections --exclude=__pycache__ --exclude='*.tar.gz' \
    -cf - . | tar -C "$out/pages" -xf -
cp docs/docsite/index.md "$out/pages"

antsibull-docs collection --use-current --fail-on-error --squash-hierarchy \
    --dest-dir "$out/pages/reference" stackproof.migration

sphinx-build --builder html --fail-on-warning --keep-going --nitpicky --quiet --jobs auto \
    --conf-dir docs/docsite "$out/pages" "$out/html"
echo "The site is in $out/html: open index.html in a browser."
