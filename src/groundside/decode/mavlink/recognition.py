"""Whether a file begins like a telemetry log, or like a stream of frames without times."""

from __future__ import annotations

import numpy as np

from groundside.decode.mavlink.frames import V1, V2, find
from groundside.decode.mavlink.walk import CLOCK_BYTES

_ARCHIVES = (b"PK", b"\x1f\x8b", b"BZ", b"\xfd7z", b"7z")
_TAR_AT = 257
_CHAIN = 2
"""So many frames must begin where the one before lets them expect it."""


def _counts(head: bytes) -> tuple[int, int, int]:
    """Count frames that begin 8 bytes after, and right at, the end of another; and say where the first one begins."""
    if head.startswith(_ARCHIVES) or head[_TAR_AT : _TAR_AT + 5] == b"ustar":
        return 0, 0, -1
    frames, _ = find(np.frombuffer(head, np.uint8))
    if not len(frames):
        return 0, 0, -1
    spaced = int(np.isin(frames.at - CLOCK_BYTES, frames.end).sum())
    return spaced, int(np.isin(frames.at, frames.end).sum()), int(frames.at[0])


def recognises_tlog(head: bytes) -> bool:
    """Whether several frames follow each other with a clock between them; a single one, if it begins the file."""
    if V1 not in head and V2 not in head:
        return False
    spaced, adjacent, first = _counts(head)
    return (spaced > adjacent and (spaced >= _CHAIN or first == CLOCK_BYTES)) or (first == CLOCK_BYTES and not adjacent)


def recognises_raw(head: bytes) -> bool:
    """Whether several frames follow each other with nothing between them, perhaps after text or damage."""
    if V1 not in head and V2 not in head:
        return False
    spaced, adjacent, _ = _counts(head)
    return adjacent >= _CHAIN and adjacent > spaced
