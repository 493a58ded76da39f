# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validate answers with the response schemas of the Nova that is installed beside this Python.

usage: PYTHON-OF-A-LOCAL-CLOUD nova_schemas.py < ANSWERS

Reads a JSON list of answers: `method`, `path` (as in Nova's list of routes), `action` (the key of the body of an
action, or null), `microversion`, `status` and `body`. Prints a JSON object: `problems` has a line for each answer that
the schema refuses, `checked` the number of answers with a schema, `without_schema` the requests for which this release
has none.
"""

import json
import sys
from types import SimpleNamespace
from typing import Any

from nova import exception
from nova.api.openstack.api_version_request import APIVersionRequest
from nova.api.openstack.compute import routes
from nova.api.validation import validators


def _methods(factory: Any) -> dict[str, Any]:
    """Return the methods of a controller.

    The key of a method is its name. The key of an action is the key of the request body.
    """
    main, additional = factory.args
    methods = {name: getattr(main, name) for name in dir(main) if callable(getattr(main, name))}
    for controller in (main, *additional):
        methods |= {key: getattr(controller, name) for key, name in controller.wsgi_actions.items()}
    return methods


def _schema(answer: dict[str, Any]) -> Any:
    """Return the schema of a successful answer. Return None if the release has no schema for the answer."""
    factory, name = dict(routes.ROUTE_LIST)[answer["path"]][answer["method"]]
    if name == "action":
        name = answer["action"]
    schemas = getattr(_methods(factory)[name], "response_body_schemas", None)
    version = APIVersionRequest(answer["microversion"])
    return None if schemas is None else schemas(SimpleNamespace(api_version_request=version))


def _check(answers: list[dict[str, Any]]) -> dict[str, Any]:
    problems: list[str] = []
    without_schema: set[str] = set()
    checked = 0
    for answer in answers:
        title = f"{answer['method']} {answer['path']} {answer['action'] or ''}".rstrip()
        schema = _schema(answer)
        if schema is None:
            without_schema.add(title)
            continue
        checked += 1
        try:
            validators._SchemaValidator(schema, False, True).validate(answer["body"])
        except exception.ValidationError as error:
            problems.append(f"{title} {answer['microversion']}: {error.kwargs.get('detail', error)}")
    return {"problems": sorted(set(problems)), "checked": checked, "without_schema": sorted(without_schema)}


if __name__ == "__main__":
    json.dump(_check(json.load(sys.stdin)), sys.stdout)
