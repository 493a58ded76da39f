# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.stackproof.migration.bench.machine import processor


def test_reads_name_of_processor() -> None:
    assert processor(["processor\t: 0", "model name\t: AMD EPYC", "model name\t: AMD EPYC"]) == "AMD EPYC"
    assert processor(["processor\t: 0"])
