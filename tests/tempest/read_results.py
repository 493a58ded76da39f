# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Print the results of tests in a subunit file as JSON.

Usage: ``read_results.py FILE``, with the Python of the environment in which Tempest is installed. The JSON is a list of
tests. Each test has the keys ``name``, ``status`` and ``reason``. The status is a status of testtools, such as
``success``, ``skip`` or ``fail``. A test that did not end has the status ``unknown``.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from subunit import ByteStreamToStreamResult
from testtools import StreamToDict


def main(path: str) -> None:
    """Print the results in the file ``path``."""
    tests: list[dict[str, Any]] = []
    collector = StreamToDict(tests.append)
    collector.startTestRun()
    with open(path, "rb") as stream:  # noqa: PTH123 - a subunit parser needs the open file
        ByteStreamToStreamResult(stream, non_subunit_name="output").run(collector)
    collector.stopTestRun()
    # Tempest first lists the tests. An entry of this list has the status "exists" and is not a result.
    json.dump([_result(test) for test in tests if test["status"] != "exists"], sys.stdout)


def _result(test: dict[str, Any]) -> dict[str, str]:
    # Only texts explain a result. Attachments such as the log are not printed.
    texts = [test["details"][name].as_text() for name in ("reason", "traceback") if name in test["details"]]
    return {"name": test["id"], "status": test["status"], "reason": "\n".join(texts)}


if __name__ == "__main__":
    main(sys.argv[1])
