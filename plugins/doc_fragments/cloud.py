# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that all modules of this collection share."""

from __future__ import annotations


class ModuleDocFragment:
    """How to connect to the cloud."""

    DOCUMENTATION = r"""
options:
  cloud:
    description:
      - Name of a cloud in C(clouds.yaml), or a dictionary with the settings of such an entry.
      - Without O(cloud) and O(auth), the environment variables E(OS_CLOUD), E(OS_AUTH_URL) and so on are used.
    type: raw
  auth:
    description:
      - Parameters of the authentication plugin, for example V(auth_url), V(username), V(password), V(project_name).
      - Not needed when O(cloud) or the environment names a cloud.
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
      - The default is the setting in C(clouds.yaml), or V(true) without one.
    type: bool
  ca_cert:
    description: File with the certificate authority that verifies the certificates of the services.
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
    description: Which endpoints of the catalog are used.
    type: str
    choices: [admin, internal, public]
    aliases: [endpoint_type]
  api_timeout:
    description: Maximum number of seconds of one API request, authentication and version discovery included. Does not
      limit the time that a module waits for servers or migrations.
    type: int
    default: 60
requirements:
  - python >= 3.11
  - openstacksdk >= 4.5
notes:
  - Requests that only read are repeated for up to a minute when a service drops the connection, limits the rate of
    requests or answers with a server error. A request that changes something is repeated only where that is harmless.
  - A failure returns RV(ignore:failure) with its kind, the service, the HTTP status and the request id.
"""
