# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run tests of Tempest against a local cloud. Read the results of the tests."""

from __future__ import annotations

import configparser
import dataclasses
import json
import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openstack.connection import Connection

ROOT = Path(__file__).parents[2]
BIN = ROOT / ".venv-tempest" / "bin"
# These regular expressions select the tests to run.
ALL_TESTS = (
    r"tempest\.api\.compute\.admin\.test_live_migration",
    r"tempest\.api\.compute\.admin\.test_migrations",
    r"tempest\.api\.compute\.admin\.test_services",
    r"tempest\.api\.compute\.admin\.test_hypervisor",
    r"tempest\.api\.compute\.servers\.test_server_actions",
)
# A caller can select tests by a regular expression.
SELECTED = os.environ.get("TEMPEST_TESTS", "")
# These regular expressions select tests that cannot pass on a local cloud. Each has a reason.
EXCLUDED = {
    "test_remove_server_all_security_groups": "A server without a port has no security group.",
}
# These features of Tempest are disabled for a kind of compute hosts. Each has a reason.
DISABLED = {
    "fake": {
        "console_output": "Nova's fake driver returns a console output of three lines.",
    },
}
TIMEOUT = 3600
# All other statuses of testtools are failures.
_RESULTS = {"success": "passed", "skip": "skipped", "xfail": "passed"}


def settings(cloud: Connection, kind: str) -> dict[str, dict[str, str]]:
    """Return the sections of tempest.conf for a local cloud.

    Every feature that this kind of compute hosts has is enabled. Raise KeyError if an image or a flavor of the local
    cloud is missing.
    """
    auth: dict[str, Any] = cloud.config.config["auth"]
    images = {image.name: image.id for image in cloud.image.images()}
    flavors = {flavor.name: flavor.id for flavor in cloud.compute.flavors()}
    features = {
        "cold_migration": "true",
        "live_migration": "true",
        "live_migrate_back_and_forth": "true",
        "block_migration_for_live_migration": "true",
        "volume_backed_live_migration": "true",
        "resize": "true",
        "console_output": "true",
        "snapshot": "true",
        "pause": "true",
        "suspend": "true",
        "shelve": "true",
        "vnc_console": "false",
        "metadata_service": "false",
        "interface_attach": "false",
        "nova_policy_roles": "admin,manager,member,reader",
    }
    features |= dict.fromkeys(DISABLED.get(kind, {}), "false")
    return {
        "DEFAULT": {"log_file": "tempest.log", "log_dir": ".", "use_stderr": "false"},
        "oslo_concurrency": {"lock_path": "lock"},
        "auth": {
            "use_dynamic_credentials": "true",
            "create_isolated_networks": "false",
            "tempest_roles": "member",
            "admin_username": auth["username"],
            "admin_password": auth["password"],
            "admin_project_name": auth["project_name"],
            "admin_domain_name": "Default",
        },
        "identity": {"uri_v3": auth["auth_url"], "auth_version": "v3", "region": cloud.config.region_name},
        "enforce_scope": {"nova": "true"},
        "compute": {
            "image_ref": images["local-cloud"],
            "image_ref_alt": images["local-cloud"],
            "flavor_ref": flavors["local.tiny"],
            "flavor_ref_alt": flavors["local.small"],
            "min_compute_nodes": "2",
            "max_microversion": "latest",
            "build_timeout": "120",
        },
        "compute-feature-enabled": features,
        "placement": {"max_microversion": "latest"},
        "volume": {"volume_size": "1", "build_timeout": "120"},
        "network": {"project_networks_reachable": "false"},
        "validation": {"run_validation": "false"},
        "service_available": {"neutron": "true", "cinder": "true", "swift": "false", "horizon": "false"},
    }


@dataclasses.dataclass(frozen=True)
class Case:
    """The result of one test. If Tempest skipped all tests of a class, the result of the class."""

    name: str
    result: str
    reason: str

    @property
    def module(self) -> str:
        """Return the name of the module, such as ``test_live_migration``."""
        return next((part for part in self.name.split(".") if part.startswith("test_")), self.name)


def run(cloud: Connection, kind: str, folder: Path) -> list[Case]:
    """Run the tests and return their results.

    ``folder`` gets the file tempest.conf and the log. Raise subprocess.TimeoutExpired after ``TIMEOUT`` seconds.
    """
    config = configparser.ConfigParser(interpolation=None)
    config.read_dict(settings(cloud, kind))
    with (folder / "tempest.conf").open("w", encoding="utf-8") as file:
        config.write(file)
    for name, expressions in (("include", [SELECTED] if SELECTED else ALL_TESTS), ("exclude", EXCLUDED)):
        (folder / name).write_text("\n".join(expressions) + "\n", encoding="utf-8")
    command = [str(BIN / "tempest"), "run", "--config-file", "tempest.conf", "--include-list", "include"]
    command += ["--exclude-list", "exclude", "--concurrency", "1", "--subunit"]
    results = folder / "results.subunit"
    with results.open("wb") as output, (folder / "errors.log").open("wb") as errors:
        subprocess.run(command, cwd=folder, stdout=output, stderr=errors, timeout=TIMEOUT, check=False)
    reader = subprocess.run(
        [BIN / "python", Path(__file__).with_name("read_results.py"), results], stdout=subprocess.PIPE, check=True
    )
    return read(reader.stdout.decode())


def read(results: str) -> list[Case]:
    """Return the results from the output of read_results.py."""
    return [
        Case(test["name"], _RESULTS.get(test["status"], "failed"), test["reason"].strip())
        for test in json.loads(results)
    ]


def table(results: dict[str, list[Case]]) -> str:
    """Return the results as a Markdown table.

    The table has a row for each test module on each kind of compute hosts.
    """
    lines = ["| compute hosts | tests | run | passed | skipped | reasons for skipping |", "|---|---|---|---|---|---|"]
    for hosts, cases in results.items():
        for module in sorted({case.module for case in cases}):
            of_module = [case for case in cases if case.module == module]
            counts = Counter(case.result for case in of_module)
            reasons = "; ".join(_reasons(of_module))
            ran = len(of_module) - counts["skipped"]
            lines.append(f"| {hosts} | `{module}` | {ran} | {counts['passed']} | {counts['skipped']} | {reasons} |")
    lines.append("")
    lines += [f"- Left out on all hosts: `{name}`. {reason}" for name, reason in EXCLUDED.items()]
    lines += [
        f"- Disabled on {kind} hosts: the feature `{name}`. {reason}"
        for kind, features in DISABLED.items()
        for name, reason in features.items()
    ]
    return "\n".join(lines) + "\n"


def _reasons(cases: Iterable[Case]) -> list[str]:
    found = {" ".join(case.reason.split()).split(", failure was:")[0] for case in cases if case.result == "skipped"}
    return sorted(reason.replace("|", "\\|").rstrip(".") for reason in found)
