# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that every module of this collection shares."""

from __future__ import annotations


class ModuleDocFragment:
    """How to reach the cloud, and what every module promises."""

    DOCUMENTATION = r"""
options:
  cloud:
    description:
      - Name of a cloud in C(clouds.yaml), or a dictionary with what such an entry holds.
      - When neither this nor O(auth) is given, the environment is used (E(OS_CLOUD), E(OS_AUTH_URL) and so on).
    type: raw
  auth:
    description:
      - What the authentication plugin needs, for example V(auth_url), V(username), V(password), V(project_name).
      - Not needed when O(cloud) or the environment name a cloud.
    type: dict
  auth_type:
    description: Name of the Keystone authentication plugin, for example V(v3applicationcredential).
    type: str
  region_name:
    description: Name of the region.
    type: str
  validate_certs:
    description:
      - Whether TLS certificates are verified.
      - When not given, what C(clouds.yaml) says holds, and V(true) where it says nothing.
    type: bool
  ca_cert:
    description: File with the certificate authority that the services' certificates are checked against.
    type: path
    aliases: [cacert]
  client_cert:
    description: File with a client certificate.
    type: path
    aliases: [cert]
  client_key:
    description: File with the key of O(client_cert).
    type: path
    aliases: [key]
  interface:
    description: Which endpoints of the catalog to use.
    type: str
    choices: [admin, internal, public]
    aliases: [endpoint_type]
  api_timeout:
    description: Seconds that one API request may take. Not the time that a module waits for servers or migrations.
    type: int
    default: 60
requirements:
  - python >= 3.11
  - openstacksdk >= 4.5
notes:
  - Requests that only read are repeated for up to a minute when a service drops the connection, limits its callers
    or answers with a server error. A request that changes something is never repeated blindly.
  - Every failure carries RV(ignore:failure) with its kind, the service, the HTTP status and the request id.
"""
