# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions for the mark of a batch: how its volumes, ports and server group show its metadata and tags.

Servers have metadata and tags. Volumes have only metadata, ports have only tags, and server groups have only a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The key of the volume metadata that contains the tags of the batch, separated by commas.
TAGS_KEY = "stackproof_tags"
# Neutron accepts tags of this length since its first release with tags.
MAX_LABEL_LENGTH = 60
# The maximum length of names in Nova and of metadata in Cinder.
MAX_LENGTH = 255
_GROUP_NAME = re.compile(r" \[(?P<labels>[^\]]*)\]$")


@dataclass(frozen=True)
class Mark:
    """The metadata and the tags that connect all resources of a batch."""

    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the mark as tags for Neutron. An entry of the metadata becomes ``key=value``.

        Entries that Neutron does not accept as a tag are left out.
        """
        return tuple(dict.fromkeys([*self.tags, *self.metadata_labels]))

    @property
    def metadata_labels(self) -> tuple[str, ...]:
        """Return the labels of the metadata. Without such a label, a port or a group does not show its batch."""
        pairs = (f"{key}={value}" for key, value in self.metadata.items())
        return tuple(label for label in pairs if len(label) <= MAX_LABEL_LENGTH and not re.search(r"[,/\[\]]", label))

    @property
    def volume_metadata(self) -> dict[str, str]:
        """Return the mark as metadata for Cinder."""
        tags = ",".join(self.tags)
        return {**self.metadata, **({TAGS_KEY: tags} if 0 < len(tags) <= MAX_LENGTH else {})}

    def group_name(self, name: str) -> str:
        """Return the name of the server group: the name of the batch, and the labels that fit into the name.

        The last entries of the metadata come first, because they are the entries of the run.
        """
        found = ""
        for label in [*self.tags, *reversed(self.metadata_labels)]:
            longer = f"{found}, {label}" if found else label
            if len(f"{name} [{longer}]") <= MAX_LENGTH:
                found = longer
        return f"{name} [{found}]"

    def is_on(self, labels: Iterable[str]) -> bool:
        """Return whether the labels of a port or of a server group contain the mark.

        A mark without metadata belongs to no batch.
        """
        return bool(self.metadata_labels) and set(self.labels) <= set(labels)

    def is_on_volume(self, metadata: Mapping[str, str]) -> bool:
        """Return whether the metadata of a volume contains the mark."""
        tags = metadata.get(TAGS_KEY, "").split(",")
        return bool(self.metadata) and self.metadata.items() <= metadata.items() and set(self.tags) <= set(tags)


def labels_in_group_name(name: str) -> tuple[str, ...]:
    """Return the labels in the name of a server group. The result is empty for the group of another program."""
    found = _GROUP_NAME.search(name)
    return tuple(found["labels"].split(", ")) if found else ()


def metadata_in(labels: Iterable[str]) -> dict[str, str]:
    """Return the metadata that the labels contain."""
    pairs = (label.partition("=") for label in labels if "=" in label)
    return {key: value for key, _equals, value in pairs}
