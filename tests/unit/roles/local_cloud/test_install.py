# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cloudctl.errors import CloudError
from cloudctl.install import lock_file_entry, pip_settings, require_ensurepip

LOCKS = Path(__file__).parents[4] / "roles" / "local_cloud" / "files" / "releases"
HASHES = " \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb"


@pytest.mark.parametrize(
    ("lock", "entry"),
    [
        (f"uv==1.0{HASHES}\n", f"uv==1.0{HASHES}\n"),
        (f"uvloop==3{HASHES}\nuv==1.0{HASHES}\nwheel==2{HASHES}\n", f"uv==1.0{HASHES}\n"),
        (f"uv==1.0 ; python_version < '4'{HASHES}\n", f"uv==1.0 ; python_version < '4'{HASHES}\n"),
        (f"my-uv==1.0{HASHES}\n", None),
        ("uv==1.0\n", None),  # a line without a hash is not a pin
        ("uv>=1.0\n", None),
        ("", None),
    ],
)
def test_reads_pin_of_uv(lock: str, entry: str | None) -> None:
    if entry is None:
        with pytest.raises(CloudError, match="contains no version of uv"):
            lock_file_entry(lock, "uv")
    else:
        assert lock_file_entry(lock, "uv") == entry


@pytest.mark.parametrize("lock", sorted(LOCKS.glob("*/requirements.txt")), ids=lambda path: path.parent.name)
def test_every_lock_file_pins_uv(lock: Path) -> None:
    first, *hashes = lock_file_entry(lock.read_text(), "uv").splitlines()
    assert first.startswith("uv==")
    assert len(hashes) > 1


@pytest.mark.parametrize("lock", sorted(LOCKS.glob("*/volumes.txt")), ids=lambda path: path.parent.name)
def test_lock_file_of_volumes_adds_cinder_and_changes_no_package(lock: Path) -> None:
    pinned, added = (
        set(re.findall(r"^([\w.-]+)==", path.read_text(), re.MULTILINE))
        for path in (lock.with_name("requirements.txt"), lock)
    )
    assert "cinder" in added
    assert not pinned & added
    assert "nova" in pinned


@pytest.mark.parametrize(
    ("listing", "environment"),
    [
        ("", {}),
        ("global.index-url='https://a/simple'", {"UV_DEFAULT_INDEX": "https://a/simple"}),
        ("global.extra-index-url='https://a https://b'", {"UV_INDEX": "https://a https://b"}),
        (r"global.extra-index-url='\nhttps://a\nhttps://b'", {"UV_INDEX": "https://a https://b"}),
        (r"global.find-links='\n/a\n/b'", {"UV_FIND_LINKS": "/a,/b"}),
        (":env:.cert='/ca.pem'\nglobal.proxy='http://p'", {"SSL_CERT_FILE": "/ca.pem", "ALL_PROXY": "http://p"}),
        ("global.timeout='60'\nnonsense", {}),
        (":env:.cert='/env'\nglobal.cert='/global'\ninstall.cert='/install'", {"SSL_CERT_FILE": "/env"}),
        ("global.cert='/global'\ninstall.cert='/install'", {"SSL_CERT_FILE": "/install"}),
        ("download.cert='/download'", {}),
    ],
)
def test_pip_settings(listing: str, environment: dict[str, str]) -> None:
    assert pip_settings(listing) == environment


def test_pip_settings_agree_with_pip(tmp_path: Path) -> None:
    config = tmp_path / "pip.conf"
    config.write_text(
        "[global]\nindex-url = https://global/\nfind-links =\n  /one\n  /two\n[install]\ncert = /install.pem\n"
    )
    own = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"],
        env={**own, "PIP_CONFIG_FILE": str(config), "PIP_INDEX_URL": "https://env/", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = pip_settings(listing)
    assert found["UV_DEFAULT_INDEX"] == "https://env/"
    assert found["UV_FIND_LINKS"] == "/one,/two"
    assert found["SSL_CERT_FILE"] == "/install.pem"


def test_requires_python_that_can_create_environments(tmp_path: Path) -> None:
    require_ensurepip(sys.executable)
    bare = tmp_path / "python"
    bare.write_text("#!/bin/sh\nexit 1\n")
    bare.chmod(0o700)
    with pytest.raises(CloudError, match=r"python3-venv.*local_cloud_python"):
        require_ensurepip(str(bare))
