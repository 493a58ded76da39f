# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest
from cloudctl.errors import CloudError
from cloudctl.layout import MARKER, SOCKET_PATH_LIMIT, Layout


def test_make_creates_private_folders_and_can_be_repeated(layout: Layout) -> None:
    layout.run.chmod(0o755)
    layout.make()
    assert {path.stat().st_mode & 0o777 for path in layout.top.iterdir() if path.is_dir()} == {0o700}
    assert layout.marker.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("files", "refused"), [([], False), ([MARKER, "etc"], False), (["etc"], True)])
def test_refuses_a_folder_of_another_program(layout: Layout, files: list[str], refused: bool) -> None:
    folder = Layout(layout.top / "other")
    folder.top.mkdir()
    for name in files:
        (folder.top / name).touch()
    if refused:
        with pytest.raises(CloudError, match=r"not created by the role local_cloud. Set local_cloud_dir"):
            folder.make()
        assert [path.name for path in folder.top.iterdir()] == files
    else:
        folder.check()


@pytest.mark.parametrize(("more", "refused"), [(0, False), (1, True)])
def test_refuses_a_path_that_is_too_long_for_sockets(more: int, refused: bool) -> None:
    length = SOCKET_PATH_LIMIT - len("/run/supervisor.sock") + more
    layout = Layout(Path("/".ljust(length, "x")))
    if refused:
        with pytest.raises(CloudError, match=f"too long.*{SOCKET_PATH_LIMIT + 1} characters.*local_cloud_dir"):
            layout.check()
    else:
        layout.check()
