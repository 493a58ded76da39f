# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that all modules of this collection share."""

from __future__ import annotations


class ModuleDocFragment:
    """The documentation of the options that select the cloud and the connection."""

    DOCUMENTATION = r"""
options:
  cloud:
    description:
      - Name of a cloud in C(clouds.yaml), or a dictionary with the settings of one cloud.
      - If you set neither O(cloud) nor O(auth), the module reads environment variables such as E(OS_CLOUD) and
        E(OS_AUTH_URL).
    type: raw
  auth:
    description:
      - Parameters of the authentication plugin, for example V(auth_url), V(username), V(password), V(project_name).
      - O(auth) is not needed if O(cloud) or an environment variable names a cloud.
    type: dict
  auth_type:
    description: Name of the Keystone authentication plugin, for example V(v3applicationcredential).
    type: str
  region_name:
    description: Name of the region.
    type: str
  validate_certs:
    description:
      - Whether to verify the TLS certificates of the services.
      - By default, the module uses the setting in C(clouds.yaml). If C(clouds.yaml) has no such setting, the module
        verifies the certificates.
    type: bool
  ca_cert:
    description: Path of a file with CA certificates. The module uses them to verify the certificates of the services.
    type: path
    aliases: [cacert]
  client_cert:
    description: Path of a file with a client certificate.
    type: path
    aliases: [cert]
  client_key:
    description: Path of a file with the private key of O(client_cert).
    type: path
    aliases: [key]
  interface:
    description: The interface of the endpoints that the module uses from the service catalog.
    type: str
    choices: [admin, internal, public]
    aliases: [endpoint_type]
  api_timeout:
    description: Timeout of one API request in seconds. The authentication and the version discovery count as part of
      the request. This option does not limit the time that a module waits for servers or migrations.
    type: int
    default: 60
requirements:
  - python >= 3.11
  - openstacksdk >= 4.5
notes:
  - The module repeats a read request for up to one minute after a dropped connection, a server error or a rate limit.
  - The module repeats a change only if a second identical request is safe. For example, it does not repeat a boot
    request.
  - When a module fails, it returns RV(ignore:failure) with the kind of the failure, the service, the HTTP status and
    the request id.
"""
