# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Imports of the SDK.

The test process has imported all of the SDK. Therefore the tests use a new process.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

COLLECTIONS = Path(__file__).parents[5] / "playbooks" / "collections"
IMPORT = """
import sys
from ansible_collections.stackproof.migration.plugins.module_utils._api import sdk
config = sdk.import_config()
assert config.get_cloud_region
"""


def python(code: str) -> None:
    subprocess.run([sys.executable, "-c", IMPORT + code], env={"PYTHONPATH": str(COLLECTIONS)}, check=True)


def test_does_not_import_services_of_the_sdk() -> None:
    python("assert not [name for name in sys.modules if name.startswith(('openstack.compute', 'openstack.network'))]")


def test_other_code_can_import_the_whole_sdk() -> None:
    python(
        "import openstack\n"
        "assert openstack.connection.Connection.__name__ == 'Connection'\n"
        "assert 'openstack.compute' in sys.modules\n"
        "from openstack.connection import Connection\n"
        "assert Connection is openstack.connection.Connection\n"
    )


def test_keeps_an_imported_sdk() -> None:
    python("import openstack\nclass_before = openstack.connection.Connection\nsdk.import_config()\n"
           "assert openstack.connection.Connection is class_before")  # fmt: skip
    python("assert not any(type(one).__name__ == '_PuttingOff' for one in sys.meta_path)")
