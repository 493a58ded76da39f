# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No nova-compute receives the request for a live migration, as in a cloud with two releases.

From 2026.1, nova-conductor sends the request to a topic that an older nova-compute does not read. This fault for tests
sends it to a topic that no nova-compute reads. In a cloud with two releases, the option compute in the section
[upgrade_levels] of nova.conf prevents this.
"""

PROGRAMS = ("nova-conductor",)
MODULE = "nova.compute.rpcapi"
OLD = """        cctxt = self.prepare_for_alt_rpcserver(
            client, server=host, version=version)
        cctxt.cast(ctxt, 'live_migration', instance=instance,
"""
NEW = """        cctxt = client.prepare(
            topic='compute-of-another-release', server=host, version=version)
        cctxt.cast(ctxt, 'live_migration', instance=instance,
"""
