# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""The base class of the action plugins that write reports."""

from __future__ import annotations

import datetime as dt
import json
import os
from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ansible.plugins.action import ActionBase
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.files import (
    check_writable,
    collection_version,
    prepare_folder,
    require_writable,
    update_latest_link,
    write_file,
)

# The file name and the text of each report file.
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Files = dict[str, tuple[str, str]]
# A redacted report does not contain the values of these environment variables.
_VARIABLES = {
    "OS_CLOUD": "cloud",
    "OS_AUTH_URL": "auth_url",
    "OS_REGION_NAME": "region_name",
    "OS_USERNAME": "username",
    "OS_PROJECT_NAME": "project_name",
    "OS_USER_DOMAIN_NAME": "user_domain_name",
    "OS_PROJECT_DOMAIN_NAME": "project_domain_name",
}


def environment_names() -> dict[str, str]:
    """Return the names from environment variables that the report must redact."""
    return {key: os.environ[variable] for variable, key in _VARIABLES.items() if os.environ.get(variable)}


def advice_of(role: str) -> str:
    """Return the default of the option advice of a module that writes the report of a role."""
    return (
        f"Set the option directory, or the role input {role}_report_dir, to another folder."
        " With an empty value, the role writes no report."
    )


def json_text(report: Mapping[str, Any]) -> str:
    """Return a report for programs as text."""
    return json.dumps(report, indent=2) + "\n"


class ReportAction(ActionBase):
    """The base class of the action plugins that write reports."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    # The name of the module option that contains the data of the report.
    CONTENT: ClassVar[str] = "result"
    # The default of the option advice.
    ADVICE: ClassVar[str]
    # The options that only this module has.
    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {}

    @classmethod
    def argument_spec(cls) -> dict[str, dict[str, Any]]:
        """Return the argument spec of the module."""
        return {
            "directory": {"type": "path", "required": True},
            "redact_hosts": {"type": "bool", "default": False},
            cls.CONTENT: {"type": "dict"},
            "advice": {"type": "str", "default": cls.ADVICE},
            **cls.ARGUMENTS,
        }

    def built(self, build: Callable[..., dict[str, Any]], options: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """Return the report for programs, which ``build`` creates from the data of the report."""
        return build(
            options[self.CONTENT],
            collection=collection_version(),
            redact_hosts=options["redact_hosts"],
            name_sources=[environment_names()],
            **more,
        )

    @abstractmethod
    def files_of(self, options: dict[str, Any], ended: dt.datetime) -> Files:
        """Return the files of the report. The result of the module has the path of a file under the key of the file.

        The result has no paths of files in folders, because a report can have thousands of them.
        """

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Write the report files.

        In check mode or without content, check only that the folder is writable.
        """
        result: dict[str, Any] = super().run(tmp, task_vars)
        _result, options = self.validate_argument_spec(argument_spec=self.argument_spec())  # type: ignore[no-untyped-call]  # not annotated
        directory = Path(options["directory"]).expanduser().absolute()
        content = options[self.CONTENT]
        result["directory"] = str(directory)
        try:
            if self._task.check_mode:
                require_writable(directory)
                result["changed"] = content is not None
                return result
            if content is None:
                check_writable(directory)
            else:
                prepare_folder(directory)
                result.update(self._write(directory, options))
        except OSError as error:
            result["failed"] = True
            result["msg"] = f"The report cannot be written into {directory}: {error.strerror}. {options['advice']}"
        return result

    def _write(self, directory: Path, options: dict[str, Any]) -> dict[str, Any]:
        # Remove the tags of ansible-core 2.19 from the values, because YAML cannot write tagged values.
        plain = options | {self.CONTENT: json.loads(json.dumps(options[self.CONTENT]))}
        files = self.files_of(plain, dt.datetime.now(dt.UTC))
        written = {key: write_file(directory, name, text) for key, (name, text) in files.items()}
        paths = {key: str(path) for key, path in written.items() if path.parent == directory}
        warning = update_latest_link(directory) if directory.name == options[self.CONTENT]["run_id"] else None
        return {"changed": True, **paths, **({"warnings": [warning]} if warning else {})}
