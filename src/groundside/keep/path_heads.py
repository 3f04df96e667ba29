"""What the first bytes of a kept path say: enough for most questions, and told without reading numbers."""

from __future__ import annotations

import struct

VERSION = 1
"""Raised when cells or bytes of `paths` change, so that what was written before is no longer read."""
HEAD = struct.Struct("<BBxxIIId")
"""Version, kind of numbers, positions, runs, cells, longest step in metres."""


def has_positions(content: bytes) -> bool:
    """Whether a path has any."""
    return HEAD.unpack_from(content)[2] > 0


def version_of(content: bytes) -> int:
    """Say which version of `paths` wrote a path."""
    return content[0]
