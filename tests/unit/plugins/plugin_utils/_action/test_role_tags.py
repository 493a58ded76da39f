# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.stackproof.migration.plugins.plugin_utils._action.role_tags import is_selected


@pytest.mark.parametrize(
    ("tags", "run_tags", "included", "selected"),
    [
        # a run without --tags
        ([], ["all"], False, True),
        (["validate"], ["all"], True, True),
        # Ansible selected the role by the tags of the include. The include has tags, but no apply.
        ([], ["validate"], True, True),
        (["validate"], ["validate"], True, True),
        # apply has another tag than the include
        (["other"], ["validate"], True, False),
        # The tags are on import_role, on a block or on a play.
        (["validate"], ["validate"], False, True),
        (["validate", "cloud"], ["cloud", "web"], False, True),
        (["validate"], ["patch"], False, False),
        ([], ["patch"], False, False),
        (["always"], ["patch"], False, True),
        # special values of --tags
        (["validate"], ["tagged"], False, True),
        ([], ["tagged"], False, False),
        ([], ["untagged"], False, True),
        (["validate"], ["untagged"], False, False),
    ],
)
def test_tags_select_the_role(tags: list[str], run_tags: list[str], *, included: bool, selected: bool) -> None:
    assert is_selected(tags, run_tags, included=included) is selected
