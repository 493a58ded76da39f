# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Record the shapes of the answers of a running local cloud in tests/unit/plugins/recorded.

usage: python -m ansible_collections.stackproof.migration.tests.samples.record FOLDER RELEASE

FOLDER is that of a local cloud with hosts of the kind fake, with networks of the kind flat, and without servers. The
scenario creates servers there, and deletes them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import openstack
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import text
from ansible_collections.stackproof.migration.tests.samples import recordings
from ansible_collections.stackproof.migration.tests.samples.clouds import LocalCloud
from ansible_collections.stackproof.migration.tests.samples.scenario import Scenario, shapes
from openstack.connection import Connection


def main(folder: str, release: str) -> None:
    config = openstack.config.OpenStackConfig(config_files=[str(Path(folder, "clouds.yaml"))])
    cloud = LocalCloud(lambda name: Connection(config=config.get_one(name)))
    with cloud.prepared():
        exchanges = Scenario(cloud).play()
    recordings.write(release, recordings.Recording(text(cloud.offered.newest), shapes(exchanges)))


if __name__ == "__main__":
    main(*sys.argv[1:])
